// js-buffer-concat: run it with `before`, `after` or `nothing`.
"use strict";

const piece = Buffer.alloc(1000, 1);

function before() {
  let all = Buffer.alloc(0);
  for (let i = 0; i < 200; i++) all = Buffer.concat([all, piece]); // ~
  return all.length;
}

function after() {
  const pieces = [];
  for (let i = 0; i < 200; i++) pieces.push(piece);
  return Buffer.concat(pieces).length;
}

function main(which) {
  const run = { before, after, nothing: () => "" };
  console.log(String(run[which]()));
}

main(process.argv[2]);
