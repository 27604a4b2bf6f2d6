package io.pgtopo.exporter.http;

import io.javalin.http.BadRequestResponse;
import io.javalin.http.ConflictResponse;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.javalin.http.InternalServerErrorResponse;
import io.javalin.http.NotFoundResponse;
import io.pgtopo.config.model.Maintenance;
import io.pgtopo.config.reading.InvalidConfigException;
import io.pgtopo.config.settings.MaintenanceFile;
import io.pgtopo.exporter.json.Json;
import io.pgtopo.exporter.runtime.PublishedState;
import io.pgtopo.exporter.view.MaintenanceReport;
import io.pgtopo.exporter.view.MaintenanceReport.MaintenanceEntry;
import io.pgtopo.exporter.web.RequestFilter;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is under maintenance, and the requests that change something: maintenance, which is written
 * to the same file as by {@code pgtopo maintenance}, and reloads. Both take effect with the next
 * cycle.
 */
final class ChangeEndpoints {
  /** The name of what is no longer under maintenance. */
  record MaintenanceEnded(String ended) {}

  /** That a reload is requested, and when settings and inventory were last read. */
  record ReloadReport(boolean requested, Instant declarationReadAt) {}

  private static final Logger LOG = LoggerFactory.getLogger(ChangeEndpoints.class);

  private final PublishedState published;
  private final RequestFilter filter;
  private final Api api;
  private final InstantSource clock;

  /** Two concurrent writers would each drop the entry of the other. */
  private final ReentrantLock writing = new ReentrantLock();

  ChangeEndpoints(PublishedState published, RequestFilter filter, Api api) {
    this.api = api;
    this.published = published;
    this.filter = filter;
    this.clock = published.latest().clock();
  }

  void list(Context ctx) {
    Query.only(ctx);
    api.tagged(
        ctx,
        Json.text(
            MaintenanceReport.of(
                published.config().get().policy().maintenance(), clock.instant())));
  }

  void set(Context ctx) {
    Query.only(ctx);
    var now = clock.instant();
    var request = MaintenanceRequest.of(ctx.body(), "for", "until", "owner", "reason");
    var name = request.name();
    var until = request.until(now);
    var owner =
        request
            .find("owner")
            .or(() -> filter.user(ctx))
            .orElseThrow(
                () -> new BadRequestResponse("owner is required: who is responsible for it"));
    var reason =
        request
            .find("reason")
            .orElseThrow(
                () -> new BadRequestResponse("reason is required: why it is under maintenance"));
    writing.lock();
    try {
      var file = file();
      var entry =
          Maintenance.of(published.config().get().inventory(), name, until, owner, reason)
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
    var name = MaintenanceRequest.of(ctx.body()).name();
    writing.lock();
    try {
      var file = file();
      var rest = file.without(name);
      if (rest.equals(file)) {
        throw new NotFoundResponse("maintenance_file has no entry of this name");
      }
      write(rest);
      LOG.info("The maintenance of {} was ended", name);
      answer(ctx, new MaintenanceEnded(name));
    } finally {
      writing.unlock();
    }
  }

  /** As it is now, not as at the last cycle: the command line may have written since. */
  private MaintenanceFile file() {
    try {
      return published
          .reload()
          .read()
          .maintenanceFile()
          .orElseThrow(() -> new ConflictResponse("the setting maintenance_file is required"));
    } catch (InvalidConfigException broken) {
      throw new ConflictResponse(
          "settings or inventory have errors, so nothing was changed; 'pgtopo inventory' shows"
              + " them");
    }
  }

  private void write(MaintenanceFile file) {
    try {
      file.write();
    } catch (IOException failed) {
      LOG.error("{} cannot be written: {}", file.path(), failed.toString());
      throw new InternalServerErrorResponse(
          "maintenance_file cannot be written; see the log for details");
    }
    published.reload().request();
  }

  private static NotFoundResponse undeclared() {
    return new NotFoundResponse("no cluster or instance of this name is declared");
  }

  /** Settings and inventory are read before the next cycle. */
  void reload(Context ctx) {
    Query.only(ctx);
    published.reload().request();
    ctx.status(HttpStatus.ACCEPTED);
    answer(ctx, new ReloadReport(true, published.reload().last().succeededAt()));
  }

  private static void answer(Context ctx, Object answer) {
    ctx.contentType("application/json");
    ctx.result(Json.text(answer));
  }
}
