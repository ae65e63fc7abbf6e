// js-split-join: run it with `before`, `after` or `nothing`.
"use strict";

const text = Array.from({ length: 1000 }, (_, i) => `word${i}`).join(".");
let number = 0;

function before() {
  let sum = 0;
  for (let round = 0; round < 100; round++) {
    sum += `${text}.${number++ % 10}`.split(".").join("/").length; // ~
  }
  return sum;
}

function after() {
  let sum = 0;
  for (let round = 0; round < 100; round++) {
    sum += `${text}.${number++ % 10}`.replaceAll(".", "/").length;
  }
  return sum;
}

function main(which) {
  const run = { before, after, nothing: () => "" };
  console.log(String(run[which]()));
}

main(process.argv[2]);
