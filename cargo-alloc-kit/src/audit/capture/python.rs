//! Python: memray, or tracemalloc where it is not installed.
