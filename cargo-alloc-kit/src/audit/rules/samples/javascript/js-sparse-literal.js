// js-sparse-literal: run it with `before`, `after` or `nothing`.
"use strict";

function before() {
  let sum = 0;
  for (let i = 0; i < 10000; i++) {
    const row = [i, , 1]; // ~
    sum += row[0] + row[2];
  }
  return sum;
}

function after() {
  let sum = 0;
  for (let i = 0; i < 10000; i++) {
    const row = [i, undefined, 1];
    sum += row[0] + row[2];
  }
  return sum;
}

function main(which) {
  const run = { before, after, nothing: () => "" };
  console.log(String(run[which]()));
}

main(process.argv[2]);
