//! Chromium without a window, told what to do by its `DevTools` protocol: JSON, each message ended by a NUL, through two pipes.
//!
//! What it says of the network, of errors and of the console while a page is open is kept, to be asked for.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;
use std::{fs, process, thread};

use serde_json::{Value, json};

/// Only against hanging for ever: no test depends on how long something takes.
const PATIENCE: Duration = Duration::from_secs(300);

/// A browser with one page.
pub(crate) struct Browser {
    process: Child,
    to: ChildStdin,
    from: Receiver<Value>,
    last: u64,
    session: Option<String>,
    /// What it said by itself, of this page.
    events: Vec<Value>,
    profile: PathBuf,
}

impl Browser {
    /// None where there is no Chromium, which is then said.
    pub(crate) fn start(name: &str) -> Option<Self> {
        let Some(program) = program() else {
            eprintln!(
                "not tested: there is no Chromium to look at the page (or it is not on the path, nor in CHROME)"
            );
            return None;
        };
        let profile = env::temp_dir().join(format!("report-browser-{name}-{}", process::id()));
        let _ = fs::remove_dir_all(&profile);
        // It reads its third file and writes its fourth.
        let mut process = Command::new("sh")
            .args(["-c", "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>/dev/null"])
            .arg(program)
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
            ])
            .args([
                "--disable-background-networking",
                "--disable-component-update",
                "--remote-debugging-pipe",
            ])
            .arg(format!("--user-data-dir={}", profile.display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell");
        let to = process.stdin.take().expect("a pipe");
        let mut said = BufReader::new(process.stdout.take().expect("a pipe"));
        let (sender, from) = mpsc::channel();
        thread::spawn(move || {
            let mut message = Vec::new();
            while said.read_until(0, &mut message).is_ok_and(|length| length > 0) {
                let value =
                    serde_json::from_slice(message.strip_suffix(b"\0").unwrap_or(&message)).expect("JSON");
                message.clear();
                if sender.send(value).is_err() {
                    return;
                }
            }
        });
        let mut browser = Self { process, to, from, last: 0, session: None, events: Vec::new(), profile };
        let target = browser.ask("Target.createTarget", &json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let session = browser.ask("Target.attachToTarget", &attach);
        browser.session = Some(session["sessionId"].as_str().expect("a session").to_owned());
        for domain in ["Page", "Network", "Runtime", "Log", "Security", "Audits"] {
            browser.ask(&format!("{domain}.enable"), &json!({}));
        }
        Some(browser)
    }

    /// Asks for something, and waits for the answer.
    pub(crate) fn ask(&mut self, method: &str, params: &Value) -> Value {
        self.last += 1;
        let mut message = json!({ "id": self.last, "method": method, "params": params });
        if let Some(session) = &self.session {
            message["sessionId"] = session.as_str().into();
        }
        write!(self.to, "{message}\0").and_then(|()| self.to.flush()).expect("the browser is there");
        loop {
            let mut answer = self.next(method);
            if answer["id"] == self.last {
                assert!(answer["error"].is_null(), "{method} {params}: {answer}");
                return answer["result"].take();
            }
            self.events.push(answer);
        }
    }

    fn next(&mut self, waiting_for: &str) -> Value {
        self.from
            .recv_timeout(PATIENCE)
            .unwrap_or_else(|error| panic!("the browser, for {waiting_for}: {error}"))
    }

    /// Opens a file, and waits until it is loaded.
    pub(crate) fn open(&mut self, file: &Path) {
        self.events.clear();
        let url = format!("file://{}", file.display());
        let opened = self.ask("Page.navigate", &json!({ "url": url }));
        assert!(opened["errorText"].is_null(), "{opened}");
        while self.of("Page.loadEventFired").is_empty() {
            let event = self.next("the page");
            self.events.push(event);
        }
    }

    /// What was said by itself since the page was opened.
    pub(crate) fn of(&self, method: &str) -> Vec<&Value> {
        self.events.iter().filter(|event| event["method"] == method).map(|event| &event["params"]).collect()
    }

    /// The value of an expression.
    pub(crate) fn eval(&mut self, expression: &str) -> Value {
        let params = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let mut result = self.ask("Runtime.evaluate", &params);
        assert!(result["exceptionDetails"].is_null(), "{expression}: {result}");
        result["result"]["value"].take()
    }

    /// Keys, as a person presses them.
    pub(crate) fn press(&mut self, key: &str) {
        let text = match key {
            "Enter" => "\r",
            key if key.chars().count() == 1 => key,
            _ => "",
        };
        let mut down = json!({ "type": "keyDown", "key": key, "code": key });
        if !text.is_empty() {
            down["text"] = text.into();
        }
        if let Some((_, code)) =
            [("Enter", 13), ("Tab", 9), ("Escape", 27), ("ArrowDown", 40), ("ArrowUp", 38)]
                .into_iter()
                .find(|(name, _)| *name == key)
        {
            down["windowsVirtualKeyCode"] = code.into();
        }
        self.ask("Input.dispatchKeyEvent", &down);
        self.ask("Input.dispatchKeyEvent", &json!({ "type": "keyUp", "key": key, "code": key }));
    }

    /// Text into what has the focus, key by key.
    pub(crate) fn write(&mut self, text: &str) {
        for key in text.chars() {
            self.press(&key.to_string());
        }
    }

    /// Clicks into the middle of what a selector finds first.
    pub(crate) fn click(&mut self, selector: &str) {
        let place = self.eval(&format!(
            "(() => {{ const e = document.querySelector({}); e.scrollIntoView({{ block: 'center' }});
              const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; }})()",
            json!(selector)
        ));
        for kind in ["mousePressed", "mouseReleased"] {
            let params =
                json!({ "type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": 1 });
            self.ask("Input.dispatchMouseEvent", &params);
        }
    }

    /// Colours and others that the reader's system asks for.
    pub(crate) fn prefer(&mut self, media: &str, scheme: &str) {
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.ask("Emulation.setEmulatedMedia", &json!({ "media": media, "features": features }));
    }

    /// The size of the window.
    pub(crate) fn resize(&mut self, width: u32, height: u32) {
        let params = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.ask("Emulation.setDeviceMetricsOverride", &params);
    }

    /// Nothing but the page was asked for, and nobody complained.
    #[track_caller]
    pub(crate) fn is_at_peace(&mut self) {
        // Whatever it still has to say comes before this answer.
        self.eval("new Promise((done) => setTimeout(done, 0))");
        let urls: Vec<&Value> =
            self.of("Network.requestWillBeSent").iter().map(|event| &event["request"]["url"]).collect();
        assert_eq!(urls.len(), 1, "only the page itself: {urls:?}");
        for method in
            ["Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded", "Audits.issueAdded"]
        {
            let said = self.of(method);
            assert!(said.is_empty(), "{method}: {said:#?}");
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.session = None;
        let _ = write!(self.to, "{}\0", json!({ "id": 0, "method": "Browser.close" }));
        let _ = self.to.flush();
        // It writes to its folder until its end. One that does not end by itself is ended.
        let is_done = (0..200).any(|_| {
            thread::sleep(Duration::from_millis(50));
            self.process.try_wait().is_ok_and(|status| status.is_some())
        });
        if !is_done {
            let _ = self.process.kill();
            let _ = self.process.wait();
        }
        let _ = fs::remove_dir_all(&self.profile);
    }
}

fn program() -> Option<PathBuf> {
    let asked_for = env::var_os("CHROME").map(PathBuf::from).filter(|path| path.is_file());
    let names = ["google-chrome", "google-chrome-stable", "chromium", "chromium-browser", "chrome"];
    let path = env::var_os("PATH")?;
    let on_path = || {
        let folders: Vec<PathBuf> = env::split_paths(&path).collect();
        names
            .iter()
            .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
            .find(|path| path.is_file())
    };
    // It is told by files that only Unix has.
    cfg!(unix).then(|| asked_for.or_else(on_path)).flatten()
}
