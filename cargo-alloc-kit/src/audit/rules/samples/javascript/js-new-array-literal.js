// js-new-array-literal: run it with `before`, `after` or `nothing`.
"use strict";

const kept = [];
function read(pair) {
  kept[pair[0] % 100] = pair;
  return pair[0] + pair[1].length;
}

function before() {
  let sum = 0;
  for (let i = 0; i < 10000; i++) {
    const pair = new Array(2); // ~
    pair[0] = i;
    pair[1] = "x";
    sum += read(pair);
  }
  return sum;
}

function after() {
  let sum = 0;
  for (let i = 0; i < 10000; i++) {
    const pair = [i, "x"];
    sum += read(pair);
  }
  return sum;
}

function main(which) {
  const run = { before, after, nothing: () => "" };
  console.log(String(run[which]()));
}

main(process.argv[2]);
