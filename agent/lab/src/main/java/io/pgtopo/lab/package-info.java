/**
 * Disposable real PostgreSQL clusters.
 *
 * <pre>{@code
 * try (var lab = Lab.open(Postgres.version(18), System.out::println)) {
 *   LabCluster shop =
 *       lab.cluster("pg-test")
 *           .primary(1)
 *           .replica(2)
 *           .replica(3, r -> r.follows(2).delay(Duration.ofHours(1)))
 *           .start();
 *   shop.instance(1).kill();
 *   shop.instance(2).promote();
 * }
 * }</pre>
 *
 * <p>The parts: {@link io.pgtopo.lab.Lab} has what clusters share, {@link
 * io.pgtopo.lab.ClusterPlan} configures a cluster, {@link io.pgtopo.lab.LabCluster} and {@link
 * io.pgtopo.lab.LabInstance} are running. Below them, each with one task: {@code BinarySearch}
 * finds the programs, {@code DataTemplate} makes the data directory that all start from, {@code
 * Addresses} claims addresses, {@code ServerProcess} runs the processes, {@code Reaper} removes
 * all.
 */
@NullMarked
package io.pgtopo.lab;

import org.jspecify.annotations.NullMarked;
