package dev.filo.embedded;

import de.bwaldvogel.mongo.MongoBackend;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.exception.MongoServerError;
import de.bwaldvogel.mongo.exception.MongoServerException;
import de.bwaldvogel.mongo.wire.MongoWireMessageEncoder;
import de.bwaldvogel.mongo.wire.MongoWireProtocolHandler;
import de.bwaldvogel.mongo.wire.MongoWireReplyEncoder;
import de.bwaldvogel.mongo.wire.message.ClientRequest;
import de.bwaldvogel.mongo.wire.message.MessageHeader;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import de.bwaldvogel.mongo.wire.message.MongoQuery;
import de.bwaldvogel.mongo.wire.message.MongoReply;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * MongoDB's wire protocol on the loopback interface. Requests of one connection are answered one
 * after the other, each on a virtual thread: waiting for the disk holds no network thread.
 *
 * <p>Takes the place of the library's server, which answers on the network's threads and writes
 * refused requests, with the documents in them, to the log.
 */
final class WireServer implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(WireServer.class);

  private static final int NETWORK_THREADS = 2;
  private static final int BACKLOG = 512;
  private static final int INTERNAL_ERROR = 1;

  private final MongoBackend backend;
  private final EventLoopGroup network;
  private final ExecutorService workers;
  private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final Channel listener;
  private final AtomicInteger answers = new AtomicInteger();

  WireServer(MongoBackend backend, int port) {
    this.backend = backend;
    this.network =
        new MultiThreadIoEventLoopGroup(
            NETWORK_THREADS,
            new DefaultThreadFactory("filo-store-net", true),
            NioIoHandler.newFactory());
    this.workers =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("filo-store-", 0).factory());
    var bootstrap =
        new ServerBootstrap()
            .group(network)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    channel
                        .pipeline()
                        .addLast(
                            new MongoWireReplyEncoder(),
                            new MongoWireMessageEncoder(),
                            new MongoWireProtocolHandler(),
                            new Connection());
                  }
                });
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    try {
      this.listener = bootstrap.bind(address).syncUninterruptibly().channel();
    } catch (RuntimeException e) {
      network.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
      workers.shutdown();
      throw e;
    }
  }

  int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  private final class Connection extends SimpleChannelInboundHandler<ClientRequest> {

    private CompletableFuture<Void> previous = CompletableFuture.completedFuture(null);

    @Override
    public void channelActive(ChannelHandlerContext context) {
      connections.add(context.channel());
      context.fireChannelActive();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      backend.handleClose(context.channel());
      context.fireChannelInactive();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ClientRequest request) {
      previous =
          previous
              .thenRunAsync(() -> send(context, answer(request)), workers)
              .exceptionally(
                  failure -> {
                    exceptionCaught(context, failure);
                    return null;
                  });
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context
          .close()
          .addListener(ended -> log.debug("connection ended: {}", cause.getClass().getName()));
    }
  }

  private static void send(ChannelHandlerContext context, Object answer) {
    context.writeAndFlush(answer).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
  }

  private Object answer(ClientRequest request) {
    var header = new MessageHeader(answers.incrementAndGet(), request.getHeader().getRequestID());
    return switch (request) {
      case MongoMessage message ->
          new MongoMessage(
              message.getChannel(),
              header,
              answer(message.getDatabaseName(), message.getChannel(), message.getDocument()));
      case MongoQuery query when query.getCollectionName().equals("$cmd") ->
          new MongoReply(
              header,
              List.of(answer(query.getDatabaseName(), query.getChannel(), query.getQuery())),
              0);
      default -> throw new IllegalArgumentException("unknown request: " + request.getClass());
    };
  }

  private Document answer(String database, Channel channel, Document query) {
    String command = query.keySet().iterator().next();
    try {
      return backend.handleCommand(channel, database, command, query);
    } catch (MongoServerError e) {
      return refusal(e.getMessageWithoutErrorCode(), e.getCode(), e.getCodeName());
    } catch (MongoServerException e) {
      return refusal(e.getMessageWithoutErrorCode(), INTERNAL_ERROR, "InternalError");
    } catch (RuntimeException | Error e) {
      // its message may tell of documents: to the client, which sent them, not to the log
      log.error("the embedded store failed at {}: {}", command, e.getClass().getName());
      return refusal("the embedded store failed: " + e, INTERNAL_ERROR, "InternalError");
    }
  }

  private static Document refusal(String message, int code, String name) {
    return new Document("ok", 0)
        .append("errmsg", message)
        .append("code", code)
        .append("codeName", name);
  }

  /** Takes no more requests and ends once those under way are answered. */
  @Override
  public void close() {
    listener.close().syncUninterruptibly();
    connections.forEach(connection -> connection.config().setAutoRead(false));
    workers.shutdown();
    try {
      if (!workers.awaitTermination(5, TimeUnit.SECONDS)) {
        log.warn("some requests to the embedded store were still under way at its end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    connections.close().syncUninterruptibly();
    network.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
