// js-split-chars: run it with `before`, `after` or `nothing`.
"use strict";

const text = Array.from({ length: 1000 }, (_, i) => `word${i}`).join(".");
let number = 0;

function before() {
  let sum = 0;
  for (let round = 0; round < 100; round++) {
    `${text}${number++ % 10}`.split("").forEach((c) => (sum += c === "w" ? 1 : 0)); // ~
  }
  return sum;
}

function after() {
  let sum = 0;
  for (let round = 0; round < 100; round++) {
    const whole = `${text}${number++ % 10}`;
    for (let i = 0; i < whole.length; i++) sum += whole.charCodeAt(i) === 119 ? 1 : 0;
  }
  return sum;
}

function main(which) {
  const run = { before, after, nothing: () => "" };
  console.log(String(run[which]()));
}

main(process.argv[2]);
