// js-closure-in-loop: run it with `before`, `after` or `nothing`.
"use strict";

const list = [1, 2, 3];

function before() {
  let found = 0;
  for (let i = 0; i < 10000; i++) {
    if (list.some((x) => x === i % 9)) found++; // ~
  }
  return found;
}

function has(x) {
  for (let i = 0; i < list.length; i++) if (list[i] === x) return true;
  return false;
}

function after() {
  let found = 0;
  for (let i = 0; i < 10000; i++) if (has(i % 9)) found++;
  return found;
}

function main(which) {
  const run = { before, after, nothing: () => "" };
  console.log(String(run[which]()));
}

main(process.argv[2]);
