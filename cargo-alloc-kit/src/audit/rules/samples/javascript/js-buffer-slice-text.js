// js-buffer-slice-text: run it with `before`, `after` or `nothing`.
"use strict";

const data = Buffer.alloc(64, 65);

function before() {
  let sum = 0;
  for (let i = 0; i < 10000; i++) sum += data.subarray(i % 50, 60).toString("latin1").length; // ~
  return sum;
}

function after() {
  let sum = 0;
  for (let i = 0; i < 10000; i++) sum += data.toString("latin1", i % 50, 60).length;
  return sum;
}

function main(which) {
  const run = { before, after, nothing: () => "" };
  console.log(String(run[which]()));
}

main(process.argv[2]);
