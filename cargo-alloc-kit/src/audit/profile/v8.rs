//! V8's sampling heap profile (`.heapprofile`): a tree of functions, each with the bytes that were sampled in it.
