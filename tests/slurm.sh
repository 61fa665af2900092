#!/usr/bin/env bash
# A sweep as a job array of a real Slurm, started on loopback: some tasks are cancelled, one is
# killed, and after submitting again the numbers are those of the same sweep run here.
#
# Usage: tests/slurm.sh BJERRUM PYTHON
# Needs root (for Slurm's daemons), slurm-wlm and munge, and h5py in PYTHON. Some two minutes.
set -euo pipefail
bjerrum=$(realpath "$1")
python=$(cd "$(dirname "$2")" && pwd)/$(basename "$2")
here=$(cd "$(dirname "$0")" && pwd)

if [ "$(id -u)" != 0 ]; then
    echo "NOT CHECKED: Slurm's daemons are started as root, and this is $(id -un)"
    exit 0
fi

folder=$(mktemp -d)
export SLURM_CONF="$folder/slurm.conf"
host=$(hostname -s)

stop() {
    local status=$?
    if [ $status != 0 ]; then
        tail -n 20 "$folder"/*.log "$folder"/*/slurm-*.log 2>/dev/null || true
    fi
    for daemon in slurmd slurmctld munged; do
        if [ -f "$folder/$daemon.pid" ]; then kill "$(cat "$folder/$daemon.pid")" 2>/dev/null || true; fi
    done
    sleep 1
    rm -rf "$folder"
    exit $status
}
trap stop EXIT

start_slurm() {
    mkdir -p "$folder/state" "$folder/spool" /run/munge
    chown munge: /run/munge
    # A munged of the machine's own serves as well.
    if ! munge -n >/dev/null 2>&1; then
        install -d -o munge "$folder/munge"
        chmod 755 "$folder"
        su -s /bin/sh munge -c "/usr/sbin/munged --pid-file=$folder/munge/munged.pid"
        cp "$folder/munge/munged.pid" "$folder/munged.pid"
    fi
    cat >"$SLURM_CONF" <<EOF
ClusterName=loopback
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
SlurmctldPort=26817
SlurmdPort=26818
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_min_interval=100000,batch_sched_delay=0
MpiDefault=none
ReturnToService=2
SlurmdParameters=config_overrides
NodeName=$host NodeAddr=127.0.0.1 CPUs=2 RealMemory=4000 State=UNKNOWN
PartitionName=main Nodes=$host Default=YES MaxTime=INFINITE State=UP
EOF
    slurmctld
    slurmd -N "$host"
    for _ in $(seq 100); do
        if sinfo -h -o %t 2>/dev/null | grep -q idle; then return; fi
        sleep 0.2
    done
    echo "the node did not come up"
    return 1
}

# Waits until no task of the queue is left.
drained() {
    for _ in $(seq 600); do
        if [ -z "$(squeue -h)" ]; then return; fi
        sleep 0.2
    done
    squeue
    return 1
}

running() { squeue -h -t R -o %i; }

# Waits for a task that runs and has a checkpoint, and says which.
running_with_checkpoint() {
    for _ in $(seq 200); do
        if compgen -G "wien.sweep/*.checkpoint" >/dev/null && [ -n "$(running)" ]; then
            running | head -n 1
            return
        fi
        sleep 0.1
    done
    echo "no task has a checkpoint" >&2
    return 1
}

echo "== $(slurmctld -V) on loopback"
start_slurm
cd "$folder"
cat >wien.toml <<'EOF'
scenario = "iv-curve"
replicas = 2

[set]
slits.slit.width = "0.1 um"
slits.slit.ions = { cation = 200, anion = 200 }
dynamics.window = "1 ns"
run.duration = "400 ns"
analysis.steady.discard = "100 ns"

[[axis]]
key = "drive.amplitude"
name = "field"
from = "0.1 kT/(e*angstrom)"
to = "0.4 kT/(e*angstrom)"
points = 6
spacing = "logarithmic"

[[axis]]
key = "interaction.contact"
name = "contact"
values = ["1 angstrom", "2 angstrom"]

[slurm]
task_hours = 1e-9
memory = "500M"
EOF
sweep=("$bjerrum" sweep wien.toml --checkpoint "200 ms")

echo "== refused: its own words, and nothing in the queue"
sed 's/^\[slurm\]/[slurm]\npartition = "absent"/' wien.toml >refused.toml
if "$bjerrum" sweep refused.toml --backend slurm --folder refused.sweep 2>refused.log; then
    echo "a partition that is not there was taken"
    exit 1
fi
grep -qi "invalid partition" refused.log
[ -z "$(squeue -h)" ]

echo "== 24 points as an array of 24 tasks, two at a time"
"${sweep[@]}" --backend slurm | tee submitted.log
grep -q "24 points in 24 tasks" submitted.log
task=$(running_with_checkpoint)
scancel "$task"
echo "cancelled $task, which ran"
job=${task%%_*}
scancel "${job}_20" "${job}_21"
echo "cancelled ${job}_20 and ${job}_21, which waited"
# `scontrol listpids` lists the shell of the script, whose place the program has taken.
killed=""
for _ in $(seq 50); do
    task=$(running_with_checkpoint)
    number=$(squeue -h -r -t R -o "%i %A" | awk -v task="$task" '$1 == task { print $2 }')
    process=$(scontrol listpids "$number" 2>/dev/null | awk 'NR > 1 && $1 > 0 { print $1; exit }')
    if [ -n "$process" ] && kill -KILL "$process" 2>/dev/null; then
        killed=$task
        break
    fi
    sleep 0.1
done
[ -n "$killed" ]
echo "killed $killed (process $process) with SIGKILL"
drained
"$bjerrum" status wien.toml | tee status.log
complete=$(awk '$1 == "complete" { print $2 }' status.log)
[ "$complete" -ge 15 ] && [ "$complete" -le 22 ]
grep -q stopped status.log

echo "== submitted again: what is missing"
"${sweep[@]}" --backend slurm | tee submitted.log
grep -q "$((24 - complete)) points in" submitted.log
drained
"$bjerrum" status wien.toml
"$bjerrum" collect wien.toml | grep "24 of 24 points"

echo "== the same sweep here"
"$bjerrum" sweep wien.toml --checkpoint never --folder here.sweep
"$bjerrum" collect wien.toml --folder here.sweep --out here.h5
"$python" "$here/check_same.py" wien.sweep here.sweep
"$python" "$here/check_same.py" wien.h5 here.h5
resumed=$("$python" - <<'EOF'
import glob, h5py
files = [h5py.File(name) for name in glob.glob("wien.sweep/*.h5")]
print(sum("resumed" in file["parameters/provenance"].attrs for file in files))
EOF
)
echo "$resumed points went on from a checkpoint"
[ "$resumed" -ge 1 ]
