// js-split-index: run it with `before`, `after` or `nothing`.
"use strict";

const text = Array.from({ length: 1000 }, (_, i) => `word${i}`).join(".");
let number = 0;

function before() {
  let sum = 0;
  for (let round = 0; round < 100; round++) {
    sum += `${text}.${number++}`.split(".")[3].length; // ~
  }
  return sum;
}

function after() {
  let sum = 0;
  for (let round = 0; round < 100; round++) {
    const whole = `${text}.${number++}`;
    let start = -1;
    for (let i = 0; i < 3; i++) start = whole.indexOf(".", start + 1);
    sum += whole.slice(start + 1, whole.indexOf(".", start + 1)).length;
  }
  return sum;
}

function main(which) {
  const run = { before, after, nothing: () => "" };
  console.log(String(run[which]()));
}

main(process.argv[2]);
