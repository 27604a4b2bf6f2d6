package io.pgtopo.exporter.http;

import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.pgtopo.config.model.Maintenance;
import io.pgtopo.config.reading.InvalidConfigException;
import io.pgtopo.config.settings.MaintenanceFile;
import io.pgtopo.exporter.json.Json;
import io.pgtopo.exporter.runtime.PublishedState;
import io.pgtopo.exporter.view.MaintenanceReport;
import io.pgtopo.exporter.view.MaintenanceReport.MaintenanceEntry;
import io.pgtopo.exporter.web.RequestFilter;
import java.io.IOException;
import java.time.InstantSource;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is under maintenance, to be read by everybody and written by whoever may change something:
 * into the same file as {@code pgtopo maintenance}. It is in force from the next cycle on.
 */
final class MaintenancePage {
  /** The name of what is under maintenance no more. */
  record MaintenanceEnded(String ended) {}

  private static final Logger LOG = LoggerFactory.getLogger(MaintenancePage.class);

  private final PublishedState known;
  private final RequestFilter filter;
  private final Api api;
  private final InstantSource clock;

  /** Two that write at once would each drop what the other writes. */
  private final ReentrantLock writing = new ReentrantLock();

  MaintenancePage(PublishedState known, RequestFilter filter, Api api) {
    this.api = api;
    this.known = known;
    this.filter = filter;
    this.clock = known.latest().clock();
  }

  void list(Context ctx) {
    Query.only(ctx);
    api.tagged(
        ctx,
        Json.text(
            MaintenanceReport.of(known.config().get().policy().maintenance(), clock.instant())));
  }

  void set(Context ctx) {
    Query.only(ctx);
    var now = clock.instant();
    var request = MaintenanceRequest.of(ctx.body());
    var until = request.until(now);
    var owner =
        request
            .owner()
            .or(() -> filter.user(ctx))
            .orElseThrow(() -> new BadRequest("wanted owner: who answers for it"));
    var reason =
        request.reason().orElseThrow(() -> new BadRequest("wanted reason: why it is worked on"));
    writing.lock();
    try {
      var file = file();
      var entry =
          Maintenance.of(known.config().get().inventory(), request.name(), until, owner, reason)
              .orElseThrow(() -> undeclared());
      write(file.inForce(now).with(entry));
      LOG.info("Maintenance of {} until {}, of {}: {}", entry.subject(), until, owner, reason);
      answer(ctx, MaintenanceEntry.of(entry, now));
    } finally {
      writing.unlock();
    }
  }

  void end(Context ctx) {
    Query.only(ctx);
    var name = MaintenanceRequest.nameOf(ctx.body());
    writing.lock();
    try {
      var file = file();
      var rest = file.without(name);
      if (rest.equals(file)) {
        throw new BadRequest(
            HttpStatus.NOT_FOUND, "nothing of this name stands in the maintenance_file");
      }
      write(rest);
      LOG.info("The maintenance of {} was ended", name);
      answer(ctx, new MaintenanceEnded(name));
    } finally {
      writing.unlock();
    }
  }

  /** As it is now, and not as it was at the last cycle: the command line may have written too. */
  private MaintenanceFile file() {
    try {
      return known
          .reload()
          .read()
          .maintenanceFile()
          .orElseThrow(
              () ->
                  new BadRequest(
                      HttpStatus.CONFLICT, "the setting maintenance_file names no file for it"));
    } catch (InvalidConfigException broken) {
      throw new BadRequest(
          HttpStatus.CONFLICT,
          "settings or inventory are broken, so nothing is changed; 'pgtopo inventory' says why");
    }
  }

  private void write(MaintenanceFile file) {
    try {
      file.write();
    } catch (IOException failed) {
      LOG.error("{} cannot be written: {}", file.path(), failed.toString());
      throw new BadRequest(
          HttpStatus.INTERNAL_SERVER_ERROR,
          "the maintenance_file cannot be written; the log says why");
    }
    known.reload().ask();
  }

  private static BadRequest undeclared() {
    return new BadRequest(HttpStatus.NOT_FOUND, "no cluster or instance of this name is declared");
  }

  private static void answer(Context ctx, Object answer) {
    ctx.contentType("application/json");
    ctx.result(Json.text(answer));
  }
}
