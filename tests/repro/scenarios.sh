# SPDX-License-Identifier: BSD-3-Clause
# The shipped scenarios in a form that shows everything within minutes: a small box, an early and heavy
# influx, stem cells that live fast. Sourced by the other scripts: settings_of NAME prints one --set value a
# line. One shows the cytokine fields and the switches of the immune system, one kernel motion and treatment.
shipped=(healthy_adult saa_untreated protective_clone_remission horse_atg_csa)

settings_of() {
  printf '%s\n' 'domain.size=[80, 64, 96]' 'run.duration=12 d' 'checkpoint.every=4 d' \
    'niches.density=300 /mm^3' 'hspc.homeostatic_rate=0.02 /h' 'hspc.stress_rate=0.1 /h'
  if [[ $1 != healthy_adult ]]; then
    printf '%s\n' 'tcells.trigger.at=2 d' 'tcells.trigger.influx=200 /mm^3' \
      'tcells.kill_coefficient=2e-3 mm^3/d' 'tcells.recruitment=5 /mm^3/d'
  fi
  case $1 in
    protective_clone_remission)
      printf '%s\n' 'signals.period=1 d' 'tcells.chemotaxis.directed_share=0.1' 'tregs.density=60 /mm^3' \
        'tcells.cooperativity.factor=3' 'tcells.fas_multiplier=2' 'tcells.exhaustion.half_time=3 d' ;;
    horse_atg_csa)
      printf '%s\n' 'therapy[0].from=start' 'therapy[0].at=5 d' 'therapy[1].from=start' 'therapy[1].at=6 d' ;;
  esac
}

fail() {
  printf 'FAILED: %s\n' "$*" >&2
  exit 1
}
