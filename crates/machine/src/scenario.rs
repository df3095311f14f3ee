//! A scenario as a file: a list of lines in JSON, so that a failure found once is tried for ever.

use std::path::Path;

use crate::{action::Action, setup::Setup, world::World};

/// A beginning and what follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// The beginning.
    pub setup: Setup,
    /// What follows.
    pub actions: Vec<Action>,
}

impl Scenario {
    /// The scenario that bytes stand for; what is left over is ignored.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (setup, actions) = bytes.split_first_chunk::<{ Setup::BYTES }>()?;
        let actions = actions.as_chunks::<{ Action::BYTES }>().0.iter().map(|bytes| Action::decode(*bytes)).collect();
        Some(Self { setup: Setup::decode(*setup), actions })
    }

    /// Plays it to its end, settling up where nothing can be won. Panics where something is not as it should be.
    pub fn play(&self) -> World {
        let mut world = World::new(self.setup);
        for action in &self.actions {
            world.step(action);
        }
        if self.setup.flat {
            world.close_up();
        }
        world
    }

    /// As JSON.
    pub fn text(&self, why: &str) -> String {
        let lines: Vec<String> =
            std::iter::once(self.setup.text()).chain(self.actions.iter().map(Action::text)).collect();
        let quoted: Vec<String> = lines.iter().map(|line| format!("    \"{line}\"")).collect();
        let why: String = why.chars().filter(|c| !c.is_control() && *c != '"' && *c != '\\').collect();
        format!("{{\n  \"why\": \"{why}\",\n  \"steps\": [\n{}\n  ]\n}}\n", quoted.join(",\n"))
    }

    /// From JSON as [`Scenario::text`] writes it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (_, steps) = text.split_once("\"steps\"").ok_or("no steps")?;
        let mut lines = steps.split('"').skip(1).step_by(2);
        let setup = Setup::parse(lines.next().ok_or("no setup")?)?;
        let actions = lines.map(Action::parse).collect::<Result<_, _>>()?;
        Ok(Self { setup, actions })
    }

    /// From a file.
    pub fn read(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        Self::parse(&text).map_err(|error| format!("{}: {error}", path.display()))
    }
}
