package dev.filo.testkit;

import com.mongodb.reactivestreams.client.MongoClient;
import com.mongodb.reactivestreams.client.MongoDatabase;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ClassTemplateInvocationContext;
import org.junit.jupiter.api.extension.ClassTemplateInvocationContextProvider;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Runs a {@link StoreTest} on each engine and hands it its database. */
final class StoreTestExtension implements ClassTemplateInvocationContextProvider {

  @Override
  public boolean supportsClassTemplate(ExtensionContext context) {
    return true;
  }

  @Override
  public Stream<? extends ClassTemplateInvocationContext> provideClassTemplateInvocationContexts(
      ExtensionContext context) {
    return TestMongo.engines().stream().map(OnEngine::new);
  }

  private record OnEngine(TestMongo.Engine engine) implements ClassTemplateInvocationContext {

    @Override
    public String getDisplayName(int invocationIndex) {
      return engine.name();
    }

    @Override
    public List<Extension> getAdditionalExtensions() {
      return List.of(new Databases(engine));
    }
  }

  private record Databases(TestMongo.Engine engine) implements ParameterResolver {

    private static final ExtensionContext.Namespace NAMESPACE =
        ExtensionContext.Namespace.create(StoreTest.class);

    private static final Set<Class<?>> TYPES =
        Set.of(
            MongoDatabase.class, MongoClient.class, TestMongo.Store.class, TestMongo.Engine.class);

    /** The constructor's database is its test method's, not the class's. */
    @Override
    public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext root) {
      return ExtensionContextScope.TEST_METHOD;
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return TYPES.contains(parameter.getParameter().getType());
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      Class<?> type = parameter.getParameter().getType();
      if (type == TestMongo.Engine.class) {
        return engine;
      }
      if (type == MongoClient.class) {
        return engine.client();
      }
      TestMongo.Store store =
          context
              .getStore(NAMESPACE)
              .computeIfAbsent("store", key -> engine.newStore(), TestMongo.Store.class);
      return type == MongoDatabase.class ? store.database() : store;
    }
  }
}
