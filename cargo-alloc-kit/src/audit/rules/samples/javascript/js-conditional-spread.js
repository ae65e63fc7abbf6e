// js-conditional-spread: run it with `before`, `after` or `nothing`.
"use strict";

function before() {
  let sum = 0;
  for (let i = 0; i < 10000; i++) {
    const options = {
      name: i,
      ...(i % 2 ? { deep: 1 } : {}), // ~
    };
    sum += options.deep ?? 0;
  }
  return sum;
}

function after() {
  let sum = 0;
  for (let i = 0; i < 10000; i++) {
    const options = { name: i, deep: i % 2 ? 1 : undefined };
    sum += options.deep ?? 0;
  }
  return sum;
}

function main(which) {
  const run = { before, after, nothing: () => "" };
  console.log(String(run[which]()));
}

main(process.argv[2]);
