# SPDX-License-Identifier: BSD-3-Clause
# A private Slurm of one node on the loopback address, for whoever sources this: its own configuration, key, state and
# ports below the directory given, nothing of the system's touched, no privilege needed. Every daemon is a child of the
# caller and lives ten minutes at most, so that even a killed test leaves nothing behind.

cluster_pids=()

# True when nothing listens on the port.
port_is_free() { ! (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

free_port() {
  local port
  while true; do
    port=$((20000 + RANDOM % 10000))
    port_is_free "$port" && port_is_free "$((port + 1))" && printf '%s\n' "$port" && return
  done
}

daemon() { # NAME COMMAND…
  local name=$1
  shift
  timeout 600 "$@" </dev/null >"$cluster/$name.out" 2>&1 &
  cluster_pids+=($!)
}

write_configuration() {
  local host user port
  host=$(hostname -s)
  user=$(id -un)
  port=$(free_port)
  # A queued-again job waits as long as a credential lives, of which five seconds is the least.
  cat >"$SLURM_CONF" <<CONFIGURATION
ClusterName=marrow
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmdPort=$((port + 1))
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
AuthInfo=socket=$cluster/munge/socket,cred_expire=5
StateSaveLocation=$cluster/state
SlurmdSpoolDir=$cluster/spool
SlurmctldPidFile=$cluster/slurmctld.pid
SlurmdPidFile=$cluster/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerParameters=sched_interval=1,batch_sched_delay=0,sched_min_interval=0
SlurmdParameters=config_overrides
KillWait=10
NodeName=$host NodeAddr=127.0.0.1 CPUs=16 RealMemory=64000
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE
CONFIGURATION
}

# start_cluster DIRECTORY: returns when the node is idle.
start_cluster() {
  cluster=$1
  mkdir -p -- "$cluster"/{state,spool,munge}
  chmod 700 "$cluster/munge"
  head -c 128 /dev/urandom >"$cluster/munge/key"
  chmod 400 "$cluster/munge/key"
  # Tests may themselves run inside a job of another Slurm.
  unset "${!SLURM_@}" "${!SBATCH_@}"
  export SLURM_CONF=$cluster/slurm.conf PATH=$PATH:/usr/sbin:/sbin
  write_configuration
  daemon munged munged --foreground --force --key-file="$cluster/munge/key" --socket="$cluster/munge/socket" \
    --pid-file="$cluster/munge/pid" --log-file="$cluster/munge/log" --seed-file="$cluster/munge/seed"
  until_true 10 test -S "$cluster/munge/socket" || cluster_failed
  daemon slurmctld slurmctld -D
  daemon slurmd slurmd -D
  until_true 30 node_is idle || cluster_failed
}

node_is() { [[ $(sinfo --noheader --format=%t 2>/dev/null) == "$1" ]]; }

# until_true SECONDS COMMAND…: false when the time is over.
until_true() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < end)) || return 1
    sleep 0.1
  done
}

cluster_failed() {
  tail -n 20 "$cluster"/*.out >&2
  echo 'FAILED: the private Slurm did not start' >&2
  exit 1
}

stop_cluster() {
  local pid
  if ((${#cluster_pids[@]} == 3)); then
    timeout 10 scancel --signal=KILL --full --user="$(id -un)" 2>/dev/null || true
    timeout 10 scancel --user="$(id -un)" 2>/dev/null || true
    until_true 10 no_jobs || true
  fi
  for ((pid = ${#cluster_pids[@]} - 1; pid >= 0; --pid)); do
    kill "${cluster_pids[pid]}" 2>/dev/null || true
    wait "${cluster_pids[pid]}" 2>/dev/null || true
  done
}

no_jobs() { [[ -z $(squeue --noheader 2>/dev/null) ]]; }
