// SPDX-License-Identifier: BSD-3-Clause
// Preloaded into a run: how much processor time each rank computes. What it spends inside calls of
// MPI, where it may burn a core while it waits, is left out, so that the number does not depend on
// how busy the machine is. Each rank adds a line with seconds to the file MARROW_COMPUTE_TIME.
#include <mpi.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace {

double inside_s = 0.0;

double processor_s() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

template <typename Call>
int outside(const Call& call) {
  const double began = processor_s();
  const int result = call();
  inside_s += processor_s() - began;
  return result;
}

}  // namespace

extern "C" {

int MPI_Allreduce(const void* from, void* to, int n, MPI_Datatype type, MPI_Op op, MPI_Comm comm) {
  return outside([&] { return PMPI_Allreduce(from, to, n, type, op, comm); });
}

int MPI_Allgather(const void* from, int n, MPI_Datatype type, void* to, int m, MPI_Datatype as,
                  MPI_Comm comm) {
  return outside([&] { return PMPI_Allgather(from, n, type, to, m, as, comm); });
}

int MPI_Allgatherv(const void* from, int n, MPI_Datatype type, void* to, const int* counts,
                   const int* places, MPI_Datatype as, MPI_Comm comm) {
  return outside([&] { return PMPI_Allgatherv(from, n, type, to, counts, places, as, comm); });
}

int MPI_Alltoall(const void* from, int n, MPI_Datatype type, void* to, int m, MPI_Datatype as,
                 MPI_Comm comm) {
  return outside([&] { return PMPI_Alltoall(from, n, type, to, m, as, comm); });
}

int MPI_Bcast(void* data, int n, MPI_Datatype type, int root, MPI_Comm comm) {
  return outside([&] { return PMPI_Bcast(data, n, type, root, comm); });
}

int MPI_Barrier(MPI_Comm comm) {
  return outside([&] { return PMPI_Barrier(comm); });
}

int MPI_Exscan(const void* from, void* to, int n, MPI_Datatype type, MPI_Op op, MPI_Comm comm) {
  return outside([&] { return PMPI_Exscan(from, to, n, type, op, comm); });
}

int MPI_Recv(void* to, int n, MPI_Datatype type, int source, int tag, MPI_Comm comm,
             MPI_Status* status) {
  return outside([&] { return PMPI_Recv(to, n, type, source, tag, comm, status); });
}

int MPI_Mprobe(int source, int tag, MPI_Comm comm, MPI_Message* message, MPI_Status* status) {
  return outside([&] { return PMPI_Mprobe(source, tag, comm, message, status); });
}

int MPI_Waitall(int n, MPI_Request* requests, MPI_Status* statuses) {
  return outside([&] { return PMPI_Waitall(n, requests, statuses); });
}

int MPI_File_close(MPI_File* file) {
  return outside([&] { return PMPI_File_close(file); });
}

int MPI_File_sync(MPI_File file) {
  return outside([&] { return PMPI_File_sync(file); });
}

int MPI_Finalize() {
  if (const char* name = std::getenv("MARROW_COMPUTE_TIME")) {
    if (std::FILE* file = std::fopen(name, "a")) {
      std::fprintf(file, "%.6f\n", processor_s() - inside_s);
      std::fclose(file);
    }
  }
  return PMPI_Finalize();
}

}  // extern "C"
