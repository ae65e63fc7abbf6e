// js-new-array-size: run it with `before`, `after` or `nothing`.
"use strict";

const size = 30000;

function before() {
  const squares = new Array(size); // ~
  for (let i = 0; i < size; i++) squares[i] = i * i;
  return squares.length + squares[size - 1];
}

function after() {
  const squares = [];
  for (let i = 0; i < size; i++) squares.push(i * i);
  return squares.length + squares[size - 1];
}

function main(which) {
  const run = { before, after, nothing: () => "" };
  console.log(String(run[which]()));
}

main(process.argv[2]);
