// js-array-chain: run it with `before`, `after` or `nothing`.
"use strict";

const xs = Array.from({ length: 1000 }, (_, i) => i);
const double = (x) => x * 2;
const isLarge = (x) => x > 100;
const add = (a, b) => a + b;

function before() {
  let sum = 0;
  for (let round = 0; round < 100; round++) {
    sum += xs.map(double).filter(isLarge).reduce(add, 0); // ~
  }
  return sum;
}

function after() {
  let sum = 0;
  for (let round = 0; round < 100; round++) {
    for (let i = 0; i < xs.length; i++) {
      const x = double(xs[i]);
      if (isLarge(x)) sum += x;
    }
  }
  return sum;
}

function main(which) {
  const run = { before, after, nothing: () => "" };
  console.log(String(run[which]()));
}

main(process.argv[2]);
