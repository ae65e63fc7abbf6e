// js-async-without-await: run it with `before`, `after` or `nothing`.
"use strict";

async function twice(x) {
  return x * 2;
}

async function before() {
  let sum = 0;
  for (let i = 0; i < 10000; i++) sum += await twice(i);
  return sum;
}

function twiceAtOnce(x) {
  return x * 2;
}

function after() {
  let sum = 0;
  for (let i = 0; i < 10000; i++) sum += twiceAtOnce(i);
  return sum;
}

async function main(which) {
  const run = { before, after, nothing: () => "" };
  console.log(String(await run[which]()));
}

main(process.argv[2]);
