package dev.filo.admin;

import com.google.protobuf.FieldMask;
import dev.filo.proto.identity.v1.CreateDeviceRequest;
import dev.filo.proto.identity.v1.CreateStaffMemberRequest;
import dev.filo.proto.identity.v1.Device;
import dev.filo.proto.identity.v1.DeviceSecret;
import dev.filo.proto.identity.v1.ListDevicesRequest;
import dev.filo.proto.identity.v1.ListStaffMembersRequest;
import dev.filo.proto.identity.v1.RotateDeviceSecretRequest;
import dev.filo.proto.identity.v1.StaffMember;
import dev.filo.proto.identity.v1.StaffRole;
import dev.filo.proto.identity.v1.StaffServiceGrpc.StaffServiceBlockingStub;
import dev.filo.proto.identity.v1.UpdateDeviceRequest;
import dev.filo.proto.identity.v1.UpdateStaffMemberRequest;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ./filo staff}: who works for the retailer, and its tills. For managers. */
@Command(
    name = "staff",
    mixinStandardHelpOptions = true,
    description = {
      "Who works for the retailer, and its tills. For managers.",
      "",
      "The first manager is let in by the setting filo.identity.first-manager"
          + " (FILO_IDENTITY_FIRSTMANAGER).",
      ""
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0: done", "1: refused", "2: wrong usage", "3: Filo cannot be reached"})
final class StaffCommand implements Runnable {
  static final int REFUSED = 1;
  static final int UNREACHABLE = 3;

  private static final int PAGE = 200;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new picocli.CommandLine.ParameterException(
        spec.commandLine(),
        "Say what to do: login, logout, list, add, change, deactivate, activate, devices,"
            + " add-device, rotate-secret, deactivate-device or activate-device.");
  }

  /** The roles as they are typed. */
  enum TypedRole {
    agent,
    store_staff,
    manager
  }

  @Command(
      name = "login",
      mixinStandardHelpOptions = true,
      description = "Signs a manager in, by a code to be entered in a browser on any device.")
  int login(@Mixin StaffDoor door) throws InterruptedException {
    return tell(
        () -> {
          door.session()
              .signIn(
                  host(),
                  (uri, whole, code) -> {
                    out("Open " + uri + " and enter " + code);
                    out("(or open " + whole + ")");
                  },
                  TimeUnit.SECONDS::sleep);
          out("Signed in at " + door.target() + ".");
        });
  }

  @Command(
      name = "logout",
      mixinStandardHelpOptions = true,
      description = "Ends this sign-in, there and here.")
  int logout(@Mixin StaffDoor door) throws InterruptedException {
    return tell(
        () -> {
          door.session().signOut();
          out("Signed out.");
        });
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the people.")
  int list(@Mixin StaffDoor door) throws InterruptedException {
    return tell(
        () -> {
          for (var person : door.call(StaffCommand::people)) {
            out(line(person));
          }
        });
  }

  @Command(
      name = "add",
      mixinStandardHelpOptions = true,
      description = "Adds a person; she signs in by codes sent to the e-mail.")
  int add(
      @Mixin StaffDoor door,
      @Parameters(paramLabel = "E-MAIL") String email,
      @Option(names = "--role", required = true, description = "${COMPLETION-CANDIDATES}")
          TypedRole role,
      @Option(names = "--store", description = "Store staff's own store; may be repeated.")
          @Nullable List<String> stores,
      @Option(names = "--name", defaultValue = "", description = "The name to show.") String name)
      throws InterruptedException {
    return tell(
        () -> {
          var person =
              StaffMember.newBuilder()
                  .setName(person(email))
                  .setDisplayName(name)
                  .setRole(role(role))
                  .addAllStores(names(stores))
                  .build();
          var request =
              CreateStaffMemberRequest.newBuilder()
                  .setStaffMember(person)
                  .setRequestId(UUID.randomUUID().toString())
                  .build();
          out(line(door.call(calls -> calls.createStaffMember(request))));
        });
  }

  @Command(
      name = "change",
      mixinStandardHelpOptions = true,
      description =
          "Changes a person's role, stores or name. Another role or other stores sign her out.")
  int change(
      @Mixin StaffDoor door,
      @Parameters(paramLabel = "E-MAIL") String email,
      @Option(names = "--role", description = "${COMPLETION-CANDIDATES}") @Nullable TypedRole role,
      @Option(names = "--store", description = "Store staff's own store; may be repeated.")
          @Nullable List<String> stores,
      @Option(names = "--name", description = "The name to show.") @Nullable String name)
      throws InterruptedException {
    return tell(
        () -> {
          var person = StaffMember.newBuilder().setName(person(email));
          var mask = FieldMask.newBuilder();
          if (role != null) {
            person.setRole(role(role));
            mask.addPaths("role");
          }
          // Who is no longer store staff has no stores any more.
          if (stores != null || (role != null && role != TypedRole.store_staff)) {
            person.addAllStores(names(stores));
            mask.addPaths("stores");
          }
          if (name != null) {
            person.setDisplayName(name);
            mask.addPaths("display_name");
          }
          out(line(update(door, person.build(), mask.build())));
        });
  }

  @Command(
      name = "deactivate",
      mixinStandardHelpOptions = true,
      description = "Keeps a person out from now on, and ends her sessions.")
  int deactivate(@Mixin StaffDoor door, @Parameters(paramLabel = "E-MAIL") String email)
      throws InterruptedException {
    return active(door, email, false);
  }

  @Command(
      name = "activate",
      mixinStandardHelpOptions = true,
      description = "Lets a person in again.")
  int activate(@Mixin StaffDoor door, @Parameters(paramLabel = "E-MAIL") String email)
      throws InterruptedException {
    return active(door, email, true);
  }

  private int active(StaffDoor door, String email, boolean active) throws InterruptedException {
    return tell(
        () ->
            out(
                line(
                    update(
                        door,
                        StaffMember.newBuilder().setName(person(email)).setActive(active).build(),
                        FieldMask.newBuilder().addPaths("active").build()))));
  }

  private static StaffMember update(StaffDoor door, StaffMember person, FieldMask mask)
      throws IOException, InterruptedException {
    var request =
        UpdateStaffMemberRequest.newBuilder()
            .setStaffMember(person)
            .setUpdateMask(mask)
            .setRequestId(UUID.randomUUID().toString())
            .build();
    return door.call(calls -> calls.updateStaffMember(request));
  }

  @Command(
      name = "devices",
      mixinStandardHelpOptions = true,
      description = "Lists tills and other machines.")
  int devices(@Mixin StaffDoor door) throws InterruptedException {
    return tell(
        () -> {
          for (var device : door.call(StaffCommand::machines)) {
            out(deviceLine(device));
          }
        });
  }

  @Command(
      name = "add-device",
      mixinStandardHelpOptions = true,
      description = "Registers a till. Its secret is shown once.")
  int addDevice(
      @Mixin StaffDoor door,
      @Parameters(paramLabel = "ID", description = "Its OAuth client: till-milano-2.") String id,
      @Option(names = "--store", required = true, description = "Its store.") String store,
      @Option(names = "--name", defaultValue = "", description = "The name to show.") String name)
      throws InterruptedException {
    var request =
        CreateDeviceRequest.newBuilder()
            .setDevice(
                Device.newBuilder()
                    .setName(device(id))
                    .setDisplayName(name)
                    .setStore(name("stores/", store)))
            .setRequestId(UUID.randomUUID().toString())
            .build();
    return secret(door, calls -> calls.createDevice(request));
  }

  @Command(
      name = "rotate-secret",
      mixinStandardHelpOptions = true,
      description =
          "Gives a till another secret, shown once. The old one, and its tokens, end at once.")
  int rotateSecret(@Mixin StaffDoor door, @Parameters(paramLabel = "ID") String id)
      throws InterruptedException {
    var request =
        RotateDeviceSecretRequest.newBuilder()
            .setName(device(id))
            .setRequestId(UUID.randomUUID().toString())
            .build();
    return secret(door, calls -> calls.rotateDeviceSecret(request));
  }

  private int secret(StaffDoor door, Function<StaffServiceBlockingStub, DeviceSecret> work)
      throws InterruptedException {
    return tell(
        () -> {
          var made = door.call(work);
          out(deviceLine(made.getDevice()));
          out("secret  " + made.getSecret());
        });
  }

  @Command(
      name = "deactivate-device",
      mixinStandardHelpOptions = true,
      description = "Keeps a till out from now on, and ends its tokens.")
  int deactivateDevice(@Mixin StaffDoor door, @Parameters(paramLabel = "ID") String id)
      throws InterruptedException {
    return activeDevice(door, id, false);
  }

  @Command(
      name = "activate-device",
      mixinStandardHelpOptions = true,
      description = "Lets a till in again.")
  int activateDevice(@Mixin StaffDoor door, @Parameters(paramLabel = "ID") String id)
      throws InterruptedException {
    return activeDevice(door, id, true);
  }

  private int activeDevice(StaffDoor door, String id, boolean active) throws InterruptedException {
    var request =
        UpdateDeviceRequest.newBuilder()
            .setDevice(Device.newBuilder().setName(device(id)).setActive(active))
            .setUpdateMask(FieldMask.newBuilder().addPaths("active"))
            .setRequestId(UUID.randomUUID().toString())
            .build();
    return tell(() -> out(deviceLine(door.call(calls -> calls.updateDevice(request)))));
  }

  private static List<StaffMember> people(StaffServiceBlockingStub calls) {
    return all(
        token -> {
          var page =
              calls.listStaffMembers(
                  ListStaffMembersRequest.newBuilder()
                      .setPageSize(PAGE)
                      .setPageToken(token)
                      .build());
          return new Page<>(page.getStaffMembersList(), page.getNextPageToken());
        });
  }

  private static List<Device> machines(StaffServiceBlockingStub calls) {
    return all(
        token -> {
          var page =
              calls.listDevices(
                  ListDevicesRequest.newBuilder().setPageSize(PAGE).setPageToken(token).build());
          return new Page<>(page.getDevicesList(), page.getNextPageToken());
        });
  }

  private record Page<T>(List<T> items, String next) {}

  /** What all pages have; the first one's token is empty, and the last one's next. */
  private static <T> List<T> all(Function<String, Page<T>> read) {
    var all = new ArrayList<T>();
    var token = "";
    do {
      var page = read.apply(token);
      all.addAll(page.items);
      token = page.next;
    } while (!token.isEmpty());
    return all;
  }

  private static String line(StaffMember person) {
    return String.format(
            Locale.ROOT,
            "%-40s %-12s %-8s %s %s",
            person.getName().substring("staff/".length()),
            person.getRole().name().substring("STAFF_ROLE_".length()).toLowerCase(Locale.ROOT),
            state(person.getActive()),
            person.getDisplayName(),
            String.join(",", person.getStoresList()))
        .stripTrailing();
  }

  private static String deviceLine(Device device) {
    return String.format(
            Locale.ROOT,
            "%-40s %-8s %s %s",
            device.getName().substring("devices/".length()),
            state(device.getActive()),
            device.getStore(),
            device.getDisplayName())
        .stripTrailing();
  }

  private static String state(boolean active) {
    return active ? "active" : "inactive";
  }

  private static StaffRole role(TypedRole role) {
    return StaffRole.valueOf("STAFF_ROLE_" + role.name().toUpperCase(Locale.ROOT));
  }

  private static List<String> names(@Nullable List<String> stores) {
    return stores == null
        ? List.of()
        : stores.stream().map(store -> name("stores/", store)).toList();
  }

  private static String person(String email) {
    return name("staff/", email.toLowerCase(Locale.ROOT));
  }

  private static String device(String id) {
    return name("devices/", id);
  }

  private static String name(String prefix, String typed) {
    return typed.startsWith(prefix) ? typed : prefix + typed;
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (IOException e) {
      return "";
    }
  }

  /** What may end badly. */
  interface Work {
    /** Does it. */
    void run() throws IOException, InterruptedException;
  }

  private int tell(Work work) throws InterruptedException {
    return tell(spec, work);
  }

  static int tell(CommandSpec spec, Work work) throws InterruptedException {
    var err = spec.commandLine().getErr();
    try {
      work.run();
      return 0;
    } catch (StatusRuntimeException e) {
      err.println(StaffDoor.words(e));
      return switch (e.getStatus().getCode()) {
        case UNAVAILABLE, DEADLINE_EXCEEDED -> UNREACHABLE;
        default -> REFUSED;
      };
    } catch (IOException e) {
      err.println(e.getMessage());
      return UNREACHABLE;
    } finally {
      spec.commandLine().getOut().flush();
      err.flush();
    }
  }

  private void out(String line) {
    spec.commandLine().getOut().println(line);
    spec.commandLine().getOut().flush();
  }
}
