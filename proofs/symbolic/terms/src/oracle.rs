//! A solver that prunes the search: it is asked whether a branch is possible, and what it denies is asked again later.
//!
//! It is asked over the rationals, which have all the integers: what is impossible there is impossible, and quickly so.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

use crate::{formula::Formula, session::Session};

/// For each question, in milliseconds. A branch that is not denied in time counts as possible.
const TIMEOUT: u32 = 1_000;

/// The process.
pub struct Oracle {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    sent: usize,
    /// Questions asked.
    pub asked: usize,
    /// Time spent on the answers.
    pub waited: Duration,
}

impl Oracle {
    /// Starts the solver that the environment's `Z3` names.
    pub fn start() -> Self {
        let program = std::env::var("Z3").unwrap_or_else(|_| "z3".to_owned());
        let mut process = Command::new(program)
            .arg("-in")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the solver starts");
        let input = process.stdin.take().expect("a pipe");
        let output = BufReader::new(process.stdout.take().expect("a pipe"));
        Self { process, input, output, sent: 0, asked: 0, waited: Duration::ZERO }
    }

    /// Forgets the last path.
    pub fn reset(&mut self) {
        self.sent = 0;
        self.tell(&format!("(reset)\n(set-option :timeout {TIMEOUT})\n(set-logic QF_LRA)\n"));
    }

    fn tell(&mut self, text: &str) {
        self.input.write_all(text.as_bytes()).expect("the solver listens");
    }

    /// Whether the solver denies that `text` can be after `lines`.
    fn denies(&mut self, lines: &[String], text: &str) -> bool {
        let news = lines[self.sent..].iter().filter(|line| !line.starts_with(';'));
        let news: String = news.map(|line| format!("{}\n", line.replace(" Int)", " Real)"))).collect();
        self.sent = lines.len();
        self.tell(&format!("{news}(push 1)\n(assert {text})\n(check-sat)\n(pop 1)\n"));
        self.input.flush().expect("the solver listens");
        self.asked += 1;
        let start = Instant::now();
        let mut answer = String::new();
        self.output.read_line(&mut answer).expect("the solver answers");
        self.waited += start.elapsed();
        match answer.trim() {
            "unsat" => true,
            "sat" | "unknown" | "timeout" => false,
            other => panic!("the solver says {other}"),
        }
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        // It ends by itself when its input does.
        let _ = self.input.write_all(b"(exit)\n").and_then(|()| self.input.flush());
        let _ = self.process.wait();
    }
}

impl Session {
    /// Whether the solver denies a statement on this path.
    pub fn denied(&mut self, formula: &Formula) -> bool {
        let text = self.prepared(formula);
        self.oracle.denies(&self.script.lines, &text)
    }
}
