// js-regexp-in-loop: run it with `before`, `after` or `nothing`.
"use strict";

const words = Array.from({ length: 10 }, (_, i) => `12${i}`);

function before() {
  let found = 0;
  for (let i = 0; i < 10000; i++) {
    if (/^[0-9]*7$/.test(words[i % 10])) found++; // ~
  }
  return found;
}

const SEVEN = /^[0-9]*7$/;

function after() {
  let found = 0;
  for (let i = 0; i < 10000; i++) if (SEVEN.test(words[i % 10])) found++;
  return found;
}

function main(which) {
  const run = { before, after, nothing: () => "" };
  console.log(String(run[which]()));
}

main(process.argv[2]);
