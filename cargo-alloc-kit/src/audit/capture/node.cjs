// Loaded by node before the program (`node.rs` puts it into NODE_OPTIONS), in each process and each worker thread of it: samples
// what is allocated, also what is collected, and writes a `.heapprofile` when the thread ends. What the program does stays the same.
"use strict";

const fs = require("fs");
const path = require("path");
const { threadId, isMainThread, parentPort, BroadcastChannel } = require("worker_threads");

const folder = process.env.ALLOC_KIT_NODE_FOLDER;
// npm and its like run the program in a process of its own; what they allocate themselves is not the program's.
const starters = /[\\/](npm|npx|pnpm|pnpx|yarn|yarnpkg|corepack)(-cli)?(\.c?js)?$/;

if (folder && !starters.test(process.argv[1] || "")) start();

function start() {
  const { Session } = require("inspector");
  const session = new Session();
  session.connect();
  const name = path.join(folder, `${process.pid}-${threadId}`);
  const interval = Number(process.env.ALLOC_KIT_NODE_INTERVAL) || 16384;
  // Functions are only known by script and place as long as their script is not collected: counting calls holds them all.
  session.post("Profiler.enable");
  session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
  session.post("HeapProfiler.enable");
  session.post("HeapProfiler.startSampling", {
    samplingInterval: interval,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  });
  // A thread that is killed leaves this behind.
  fs.writeFileSync(`${name}.started`, `${process.argv.slice(1).join(" ")}\n`);

  let isWritten = false;
  function write() {
    if (isWritten) return;
    isWritten = true;
    session.post("HeapProfiler.stopSampling", (error, answer) => {
      if (error) return;
      const allocKit = {
        includesCollected: Number(process.versions.node.split(".")[0]) >= 18,
        samplingInterval: interval,
        node: process.versions.node,
        command: process.argv,
        folder: process.cwd(),
        thread: threadId,
        maps: mapsOf(session, answer.profile.head),
      };
      // Renamed when it is whole: one that is cut off would be taken for a profile.
      fs.writeFileSync(`${name}.part`, JSON.stringify({ head: answer.profile.head, allocKit }));
      fs.renameSync(`${name}.part`, `${name}.heapprofile`);
      fs.rmSync(`${name}.started`, { force: true });
    });
    session.disconnect();
  }

  process.on("exit", () => {
    write();
    askAll();
  });
  // Some leave without the event.
  if (isMainThread) {
    const { reallyExit } = process;
    process.reallyExit = function (code) {
      write();
      return reallyExit.call(process, code);
    };
    onSignals(write);
  }
  const askAll = watchWorkers();
  if (!isMainThread && parentPort) answer(write);
}

// What the scripts of a profile say where their source maps are: loaders keep those that they make in memory.
function mapsOf(session, head) {
  const urls = new Set();
  for (const open = [head]; open.length > 0; ) {
    const node = open.pop();
    urls.add(node.callFrame.url);
    open.push(...node.children);
  }
  const maps = {};
  session.on("Debugger.scriptParsed", ({ params: { url, sourceMapURL } }) => {
    if (sourceMapURL && urls.has(url)) maps[url] = sourceMapURL;
  });
  session.post("Debugger.enable");
  session.post("Debugger.disable");
  return maps;
}

// A signal ends the process as it would have, after the profile is written; where the program handles it, that is the program's.
function onSignals(write) {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    const end = () => {
      if (process.listenerCount(signal) > 1) return;
      write();
      process.removeListener(signal, end);
      process.kill(process.pid, signal);
    };
    process.on(signal, end);
  }
}

// A worker that is terminated, or whose process ends, has no event: it is asked to write before, and waited for, five seconds at most.
function watchWorkers() {
  const workers = new Set();
  const isOpen = (worker) => fs.existsSync(path.join(folder, `${process.pid}-${worker.threadId}.started`));
  const ask = (ids) => {
    const channel = new BroadcastChannel("alloc-kit");
    channel.postMessage(ids);
    return channel;
  };
  process.on("worker", (worker) => {
    workers.add(worker);
    worker.once("exit", () => workers.delete(worker));
    const { terminate } = worker;
    worker.terminate = async function () {
      const channel = ask([worker.threadId]);
      for (let turn = 0; turn < 500 && isOpen(worker); turn++) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      channel.close();
      return terminate.call(worker);
    };
  });
  return () => {
    if (workers.size === 0) return;
    const channel = ask([...workers].map((worker) => worker.threadId));
    const cell = new Int32Array(new SharedArrayBuffer(4));
    for (let turn = 0; turn < 500 && [...workers].some(isOpen); turn++) Atomics.wait(cell, 0, 0, 10);
    channel.close();
  };
}

function answer(write) {
  const channel = new BroadcastChannel("alloc-kit");
  channel.onmessage = ({ data }) => {
    if (data.includes(threadId)) write();
  };
  channel.unref();
}
