//! DHAT's format, version 2, as the dhat crate, valgrind and others write it: program points with their stacks.
