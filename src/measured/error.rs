//! What can be wrong with measured data, where, and how to mend it.

use crate::results::ResultsError;
use crate::scenario::ScenarioError;
use std::path::PathBuf;

/// Why a file could not be taken as measured data.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum MeasuredError {
    /// The file cannot be opened.
    #[error("cannot read {}: {reason}", path.display())]
    #[diagnostic(code(bjerrum::measured::unreadable))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },

    /// The text is not a table.
    #[error("{}: {reason}", path.display())]
    #[diagnostic(
        code(bjerrum::measured::no_table),
        help(
            "Expected header rows, then rows of numbers, separated by tabs, semicolons or commas."
        )
    )]
    NoTable {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },

    /// Columns that should be there are not.
    #[error("{}: no column of {what} among {found}", path.display())]
    #[diagnostic(code(bjerrum::measured::no_column))]
    NoColumn {
        /// The file.
        path: PathBuf,
        /// Voltages or currents.
        what: &'static str,
        /// The headers.
        found: String,
        /// How to mend it.
        #[help]
        mend: String,
    },

    /// A column without its unit.
    #[error("{}: column {column} ({name:?}) is {what} without a unit", path.display())]
    #[diagnostic(code(bjerrum::measured::no_unit))]
    NoUnit {
        /// The file.
        path: PathBuf,
        /// The column, from 1.
        column: usize,
        /// Its header.
        name: String,
        /// What it holds, with an article.
        what: &'static str,
        /// How to mend it.
        #[help]
        mend: String,
    },

    /// A unit of something else.
    #[error("{what} in {unit:?}: expected a unit such as {example:?}")]
    #[diagnostic(code(bjerrum::measured::wrong_unit))]
    WrongUnit {
        /// What the column holds.
        what: &'static str,
        /// The unit given.
        unit: String,
        /// One that suits.
        example: &'static str,
    },

    /// An empty cell.
    #[error(
        "{}:{line}: column {column} ({name}) is empty, expected a number",
        path.display()
    )]
    #[diagnostic(
        code(bjerrum::measured::missing_cell),
        help("Fill the cell, or remove the whole row.")
    )]
    MissingCell {
        /// The file.
        path: PathBuf,
        /// The line.
        line: u64,
        /// The column, from 1.
        column: usize,
        /// Its header.
        name: String,
    },

    /// A cell that is no number.
    #[error(
        "{}:{line}: column {column} ({name}): found {found:?}, expected a number",
        path.display()
    )]
    #[diagnostic(
        code(bjerrum::measured::not_a_number),
        help("Correct the cell, or remove the whole row.")
    )]
    NotANumber {
        /// The file.
        path: PathBuf,
        /// The line.
        line: u64,
        /// The column, from 1.
        column: usize,
        /// Its header.
        name: String,
        /// What is there.
        found: String,
    },

    /// The clock stands still or goes back.
    #[error("{place}: the time goes from {before} s to {after} s, expected it to increase")]
    #[diagnostic(
        code(bjerrum::measured::time_not_increasing),
        help("Sort the rows, remove repeated ones, or put each recording into its own file.")
    )]
    TimeNotIncreasing {
        /// File and line.
        place: String,
        /// Time before.
        before: f64,
        /// Time after.
        after: f64,
    },

    /// A voltage that tells nothing.
    #[error("{recording}: the voltage is {voltage} V throughout, expected one that changes")]
    #[diagnostic(
        code(bjerrum::measured::constant_voltage),
        help("A constant voltage shows no memory: measure a loop, or a relaxation after a pulse.")
    )]
    ConstantVoltage {
        /// Which recording.
        recording: String,
        /// The voltage, V.
        voltage: f64,
    },

    /// Too little to be a recording.
    #[error("{recording}: {points} points, expected 8 at least")]
    #[diagnostic(
        code(bjerrum::measured::too_short),
        help("Check that no rows are missing, and that the right columns were taken.")
    )]
    TooShort {
        /// Which recording.
        recording: String,
        /// Points there are.
        points: usize,
    },

    /// Two frequencies in one recording.
    #[error(
        "{recording}: two frequencies are mixed, about {first:.4} Hz and {second:.4} Hz; \
         expected one recording a frequency"
    )]
    #[diagnostic(
        code(bjerrum::measured::mixed_frequencies),
        help("Put each frequency into its own file, or add a column that states it.")
    )]
    MixedFrequencies {
        /// Which recording.
        recording: String,
        /// The lower one, Hz.
        first: f64,
        /// The higher one, Hz.
        second: f64,
    },

    /// The times contradict the frequency.
    #[error("{recording}: the voltage repeats at {found:.4} Hz, and {stated:.4} Hz is stated")]
    #[diagnostic(
        code(bjerrum::measured::other_frequency),
        help("Correct the frequency, or the unit of the time.")
    )]
    OtherFrequency {
        /// Which recording.
        recording: String,
        /// What the times say, Hz.
        found: f64,
        /// What is stated, Hz.
        stated: f64,
    },

    /// Neither times nor a frequency.
    #[error("{recording}: there is no time and no frequency")]
    #[diagnostic(
        code(bjerrum::measured::no_time),
        help(
            "Give the frequency of the loop, in the header (\"Sine 5 mHz\") or with \
             --frequency \"5 mHz\"; or a column of times."
        )
    )]
    NoTime {
        /// Which recording.
        recording: String,
    },

    /// A loop without times that is not a sine.
    #[error("{recording}: there is no time, and the voltage is no evenly sampled sine")]
    #[diagnostic(
        code(bjerrum::measured::no_sine),
        help("Only for a sine can the times be told from the frequency: add a column of times.")
    )]
    NoSine {
        /// Which recording.
        recording: String,
    },

    /// More frequencies than recordings that need one.
    #[error("{given} frequencies are given, and {wanted} recordings need one")]
    #[diagnostic(
        code(bjerrum::measured::frequency_to_spare),
        help("Give one --frequency for each recording whose file does not state it.")
    )]
    FrequencyToSpare {
        /// How many were given.
        given: usize,
        /// How many were wanted.
        wanted: usize,
    },

    /// One of our own files.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Results(#[from] ResultsError),

    /// The scenario in one of our own files.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Scenario(#[from] Box<ScenarioError>),

    /// One of our own files, without a slit that was driven.
    #[error("{} holds no slit under a drive", path.display())]
    #[diagnostic(
        code(bjerrum::measured::no_slit),
        help("`bjerrum show FILE.h5` lists what the file holds.")
    )]
    NoSlit {
        /// The file.
        path: PathBuf,
    },
}
