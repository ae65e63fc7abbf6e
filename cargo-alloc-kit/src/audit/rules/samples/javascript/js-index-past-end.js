// js-index-past-end: run it with `before`, `after` or `nothing`.
"use strict";

function before() {
  const list = [];
  for (let i = 0; i < 3000; i++) list[list.length + 5] = i; // ~
  let sum = 0;
  for (const value of list) sum += value ?? 0;
  return sum;
}

function after() {
  const list = [];
  for (let i = 0; i < 3000; i++) list.push(i);
  let sum = 0;
  for (const value of list) sum += value ?? 0;
  return sum;
}

function main(which) {
  const run = { before, after, nothing: () => "" };
  console.log(String(run[which]()));
}

main(process.argv[2]);
