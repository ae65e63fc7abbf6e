// js-keys-length: run it with `before`, `after` or `nothing`.
"use strict";

const users = Array.from({ length: 1000 }, (_, id) => ({ id, name: `user ${id}`, tags: [id % 7, id % 11] }));
const byId = Object.fromEntries(users.map((user) => [user.name, user]));

function before() {
  let sum = 0;
  for (let round = 0; round < 100; round++) {
    if (Object.keys(byId).length > 0) sum++; // ~
  }
  return sum;
}

function isFilled(object) {
  for (const _ in object) return true;
  return false;
}

function after() {
  let sum = 0;
  for (let round = 0; round < 100; round++) {
    if (isFilled(byId)) sum++;
  }
  return sum;
}

function main(which) {
  const run = { before, after, nothing: () => "" };
  console.log(String(run[which]()));
}

main(process.argv[2]);
