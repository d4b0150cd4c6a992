// SPDX-License-Identifier: BSD-3-Clause
// What the scripts of all batch systems share. Parts are whole lines; they talk to each other by
// the shell variables that each names.
#pragma once

#include "io/batch/batch_script.hpp"

#include <string>

namespace marrow::io {

/// The shell, and what the script does, for its reader.
std::string opening(const BatchJob& job);
/// Sets program, scenario, directory, run_options and most_restarts.
std::string settings(const BatchJob& job);
/// Sources the site's file and loads modules; empty if there is neither. What these set counts for
/// the environment only: settings, helpers and all that follows stand behind it in a script.
std::string environment(const BatchJob& job);
/// Makes directory and run_options those of one seed; `index` is the batch system's variable.
std::string seed_of_array(const BatchJob& job, const std::string& index);
/// say, newest_checkpoint, patiently.
std::string helpers();
/// Notes signal USR1 from here on, in `marrow_asked`: the first thing a script does.
extern const char* const heed_signals;
/// Ends the job before the run if the file STOP is there.
extern const char* const heed_stop;
/// Starts the words in `launch`, unless an end was asked for already, waits, passes USR1 on; leaves
/// the exit code in `code`.
extern const char* const run_and_wait;
/// Ends the job unless the run is worth another start; then `why` says how it stopped. Reads
/// `restarts`; counts starts that brought no checkpoint in the folder batch/.
extern const char* const judge;

std::string slurm_script(const BatchJob& job);
std::string pbs_script(const BatchJob& job);

/// A value between double quotes in a line that a batch system reads.
std::string directive_value(const std::string& text);

}  // namespace marrow::io
