package dev.filo.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.ClassTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test class that runs once on each engine of {@link TestMongo}. Its constructor and its methods
 * may take a {@code MongoDatabase}, a {@link TestMongo.Store}, a {@code MongoClient} or a {@link
 * TestMongo.Engine}; every test method has an empty database of its own.
 *
 * <pre>{@code
 * @StoreTest
 * class MongoCartStoreTest {
 *   private final CartStore carts;
 *
 *   MongoCartStoreTest(MongoDatabase database) {
 *     carts = new MongoCartStore(database);
 *   }
 * }
 * }</pre>
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ClassTemplate
@ExtendWith(StoreTestExtension.class)
public @interface StoreTest {}
