package io.pgtopo.exporter.web;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Answers each request on a virtual thread, so that slow clients block none of the few threads that
 * all share. What comes before, such as a TLS handshake, has these few, which the operating system
 * takes turns with: on virtual threads it would delay the polls, which cannot interrupt it.
 */
public final class RequestThreads extends Handler.Wrapper {
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("http-", 0).factory());

  public RequestThreads(Handler handler) {
    super(handler);
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    threads.execute(() -> answer(request, response, callback));
    return true;
  }

  private void answer(Request request, Response response, Callback callback) {
    try {
      if (!super.handle(request, response, callback)) {
        Response.writeError(request, response, callback, 404);
      }
    } catch (Exception failed) {
      Response.writeError(request, response, callback, failed);
    }
  }
}
