//! Secrets, by path alone, from files that nobody else can read.

use std::path::Path;

use solana_keypair::{Keypair, read_keypair_file};

use super::ConfigError;

/// The key in a file as the Solana command line writes it.
pub fn keypair(path: &Path) -> Result<Keypair, ConfigError> {
    private(path)?;
    // The reader's own error may repeat what it read.
    read_keypair_file(path)
        .map_err(|_| ConfigError::Secret(format!("{} holds no key pair of 64 bytes as a JSON array", path.display())))
}

/// The text in a file, without blanks around it.
pub fn secret(path: &Path) -> Result<String, ConfigError> {
    private(path)?;
    let text = std::fs::read_to_string(path);
    let text = text.map_err(|error| ConfigError::Unreadable(path.display().to_string(), error.to_string()))?;
    let text = text.trim();
    if text.is_empty() {
        return Err(ConfigError::Secret(format!("{} is empty", path.display())));
    }
    Ok(text.to_owned())
}

/// That a path is one, and not the secret itself.
pub(super) fn is_path(key: &str, path: &Path) -> Result<(), ConfigError> {
    let text = path.to_string_lossy();
    let bare = !text.contains(['/', '\\', '.']);
    let array = text.trim_start().starts_with('[');
    let words = text.split_whitespace().count() >= 12;
    if array || words || (bare && text.len() >= 43) {
        return Err(ConfigError::Secret(format!("{key} must be the path of a file, not the secret itself")));
    }
    Ok(())
}

/// That only its owner can read a file.
fn private(path: &Path) -> Result<(), ConfigError> {
    let shown = path.display().to_string();
    let metadata =
        std::fs::metadata(path).map_err(|error| ConfigError::Unreadable(shown.clone(), error.to_string()))?;
    if !metadata.is_file() {
        return Err(ConfigError::Secret(format!("{shown} is no file")));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;

        let mode = metadata.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            let sentence =
                format!("{shown} can be read by others (mode {mode:03o}): make it yours alone with `chmod 600`");
            return Err(ConfigError::Secret(sentence));
        }
    }
    Ok(())
}
