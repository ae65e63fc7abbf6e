//! Node: a script that is loaded before the program, in workers and child processes too, and samples every allocation, also what was freed.
