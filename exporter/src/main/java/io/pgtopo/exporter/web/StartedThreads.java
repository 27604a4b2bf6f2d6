package io.pgtopo.exporter.web;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads of the operating system, which takes turns with them: unlike virtual ones, they do not
 * delay the polls. They exist from the beginning: under a limit of threads the process then does
 * not start, rather than run and fail to answer.
 */
public final class StartedThreads {
  private StartedThreads() {}

  /**
   * A pool of so many, all of them running.
   *
   * @throws OutOfMemoryError if there cannot be so many threads
   */
  public static ExecutorService of(String name, int count) {
    var threads =
        new ThreadPoolExecutor(
            count,
            count,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name(name + " ", 0).factory());
    threads.prestartAllCoreThreads();
    return threads;
  }
}
