package dev.filo.testkit;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The rules of a service's packages. A service's test extends it with its root package and the
 * packages it has; that each of those exists is checked too, for a rule about a package that is not
 * there would hold of nothing.
 *
 * <pre>{@code
 * class CartArchitectureTest extends ServiceArchitecture {
 *   CartArchitectureTest() {
 *     super("dev.filo.cart", DOMAIN, SERVICE, STORE, GRPC, EVENTS);
 *   }
 * }
 * }</pre>
 */
public abstract class ServiceArchitecture {

  /** A kind of package, under the service's root or under one of its slices. */
  public enum Layer {
    /** Records, states, refusals, decisions: the JDK only. */
    DOMAIN,
    /** Use cases and store interfaces: domain, Reactor, platform. */
    SERVICE,
    /** MongoDB documents and indexes: service, domain, the driver, platform. */
    STORE,
    /** Handlers and translations: service, domain, generated code, gRPC, platform. */
    GRPC,
    /** Relays and consumers: service, domain, generated code, platform. */
    EVENTS;

    private String pattern(String root) {
      return root + ".." + packageName() + "..";
    }

    private String packageName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** {@link Layer#DOMAIN} by its short name. */
  protected static final Layer DOMAIN = Layer.DOMAIN;

  /** {@link Layer#SERVICE} by its short name. */
  protected static final Layer SERVICE = Layer.SERVICE;

  /** {@link Layer#STORE} by its short name. */
  protected static final Layer STORE = Layer.STORE;

  /** {@link Layer#GRPC} by its short name. */
  protected static final Layer GRPC = Layer.GRPC;

  /** {@link Layer#EVENTS} by its short name. */
  protected static final Layer EVENTS = Layer.EVENTS;

  private static final List<String> EVERYWHERE =
      List.of("java..", "javax.crypto..", "org.jspecify..");
  private static final List<String> REACTIVE = List.of("reactor..", "org.reactivestreams..");
  private static final List<String> PLATFORM = List.of("dev.filo.platform..", "org.slf4j..");
  private static final List<String> DRIVER = List.of("com.mongodb..", "org.bson..");
  private static final List<String> GENERATED =
      List.of("dev.filo.proto..", "com.google.protobuf..", "com.google.type..", "com.google.rpc..");
  private static final List<String> CALLS = List.of("io.grpc..", "build.buf.protovalidate..");

  private static final Pattern FORBIDDEN_NAME =
      Pattern.compile(".*(Manager|Helper|Utils?|Impl|Base)");

  private final String root;
  private final Set<Layer> layers;
  private final JavaClasses classes;

  /**
   * @param root the service's root package, "dev.filo.cart"
   * @param layers the packages it has
   */
  protected ServiceArchitecture(String root, Layer... layers) {
    this(root, new ImportOption.DoNotIncludeTests(), layers);
  }

  ServiceArchitecture(String root, ImportOption which, Layer... layers) {
    this.root = root;
    this.layers = EnumSet.copyOf(Arrays.asList(layers));
    this.classes = new ClassFileImporter().withImportOption(which).importPackages(root);
  }

  /**
   * Packages this service's layer may use beyond the rules, as ArchUnit patterns. Say why beside
   * it: an exception without a reason is a mistake.
   */
  protected List<String> alsoAllowed(Layer layer) {
    return List.of();
  }

  /**
   * The slices of the service: packages beside its layers, each with layers of its own and an
   * aggregate of its own ({@code waitlist} in {@code dev.filo.reservation.waitlist.domain}). A
   * slice may know the service's own layers; these do not know it, and slices do not know each
   * other.
   */
  protected List<String> slices() {
    return List.of();
  }

  private List<String> allowed(Layer layer) {
    var patterns = new ArrayList<>(EVERYWHERE);
    patterns.add(layer.pattern(root));
    patterns.addAll(alsoAllowed(layer));
    if (layer == Layer.DOMAIN) {
      return patterns;
    }
    patterns.add(Layer.DOMAIN.pattern(root));
    patterns.addAll(REACTIVE);
    patterns.addAll(PLATFORM);
    if (layer == Layer.SERVICE) {
      return patterns;
    }
    patterns.add(Layer.SERVICE.pattern(root));
    if (layer == Layer.STORE) {
      patterns.addAll(DRIVER);
    } else {
      patterns.addAll(GENERATED);
      patterns.addAll(CALLS);
    }
    return patterns;
  }

  private static DescribedPredicate<JavaClass> in(List<String> patterns) {
    return JavaClass.Predicates.resideInAnyPackage(patterns.toArray(String[]::new))
        .or(
            DescribedPredicate.describe(
                "arrays and primitives", type -> type.isPrimitive() || type.isArray()));
  }

  @Test
  void hasExactlyThePackagesItNames() {
    Set<Layer> found = EnumSet.noneOf(Layer.class);
    for (Layer layer : Layer.values()) {
      boolean exists =
          classes.stream()
              .filter(type -> !type.getSimpleName().equals("package-info"))
              .anyMatch(JavaClass.Predicates.resideInAPackage(layer.pattern(root)));
      if (exists) {
        found.add(layer);
      }
    }
    assertThat(found).as("packages with classes under %s", root).isEqualTo(layers);
  }

  @TestFactory
  Stream<DynamicTest> dependsOnlyOnWhatItsPackageMay() {
    return layers.stream()
        .map(
            layer ->
                DynamicTest.dynamicTest(
                    layer.packageName(),
                    () ->
                        classes()
                            .that()
                            .resideInAPackage(layer.pattern(root))
                            .should()
                            .onlyDependOnClassesThat(in(allowed(layer)))
                            .because("docs/architecture.md says who may know whom")
                            .check(classes)));
  }

  @Test
  void slicesAreThere_andTheServiceDoesNotKnowThem() {
    for (String slice : slices()) {
      var inside = JavaClass.Predicates.resideInAPackage(root + "." + slice + "..");
      assertThat(classes.stream().filter(inside)).as("classes of the slice %s", slice).isNotEmpty();
      for (Layer layer : layers) {
        classes()
            .that(
                DescribedPredicate.describe(
                    "are in " + layer.packageName() + " outside the slice " + slice,
                    type ->
                        !inside.test(type)
                            && JavaClass.Predicates.resideInAPackage(layer.pattern(root))
                                .test(type)))
            .should()
            .onlyDependOnClassesThat(DescribedPredicate.not(inside))
            .allowEmptyShould(true) // a layer may be in the slice alone
            .because("a slice stands on the service, not the service on a slice")
            .check(classes);
      }
    }
  }

  @Test
  void namesSayWhatAClassIs() {
    List<String> vague =
        classes.stream()
            .filter(type -> !type.isAnonymousClass())
            .map(JavaClass::getSimpleName)
            .filter(name -> FORBIDDEN_NAME.matcher(name).matches())
            .toList();
    assertThat(vague).as("classes named Manager, Helper, Util, Impl or Base").isEmpty();
  }

  @Test
  void nothingReadsTheSystemClock() {
    List<String> reading =
        classes.stream()
            .filter(type -> !type.getModifiers().contains(JavaModifier.SYNTHETIC))
            .flatMap(type -> type.getMethodCallsFromSelf().stream())
            .filter(
                call ->
                    call.getName().equals("now")
                        && call.getTargetOwner().getPackageName().equals("java.time")
                        && call.getTarget().getRawParameterTypes().isEmpty())
            .map(Object::toString)
            .toList();
    assertThat(reading).as("calls of now() without a clock").isEmpty();
  }
}
