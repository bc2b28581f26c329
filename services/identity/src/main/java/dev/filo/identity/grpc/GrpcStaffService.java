package dev.filo.identity.grpc;

import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import dev.filo.identity.domain.Refusal;
import dev.filo.identity.service.AuditLog;
import dev.filo.identity.service.RefusedException;
import dev.filo.identity.service.Staff;
import dev.filo.platform.auth.Caller;
import dev.filo.platform.grpc.Answers;
import dev.filo.platform.grpc.PageTokens;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.identity.v1.AuditEntry;
import dev.filo.proto.identity.v1.AuditFault;
import dev.filo.proto.identity.v1.CreateDeviceRequest;
import dev.filo.proto.identity.v1.CreateStaffMemberRequest;
import dev.filo.proto.identity.v1.Device;
import dev.filo.proto.identity.v1.DeviceSecret;
import dev.filo.proto.identity.v1.ListAuditEntriesRequest;
import dev.filo.proto.identity.v1.ListAuditEntriesResponse;
import dev.filo.proto.identity.v1.ListDevicesRequest;
import dev.filo.proto.identity.v1.ListDevicesResponse;
import dev.filo.proto.identity.v1.ListStaffMembersRequest;
import dev.filo.proto.identity.v1.ListStaffMembersResponse;
import dev.filo.proto.identity.v1.RotateDeviceSecretRequest;
import dev.filo.proto.identity.v1.StaffMember;
import dev.filo.proto.identity.v1.StaffRole;
import dev.filo.proto.identity.v1.StaffServiceGrpc;
import dev.filo.proto.identity.v1.UpdateDeviceRequest;
import dev.filo.proto.identity.v1.UpdateStaffMemberRequest;
import dev.filo.proto.identity.v1.VerifyAuditLogRequest;
import dev.filo.proto.identity.v1.VerifyAuditLogResponse;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Locale;
import reactor.core.publisher.Mono;

/** Administration of people and machines, and the log of it. */
public final class GrpcStaffService extends StaffServiceGrpc.StaffServiceImplBase {
  private static final int PAGE = 50;
  private static final int LOG_PAGE = 100;

  private final Staff staff;
  private final AuditLog log;

  /** Answers calls. */
  public GrpcStaffService(Staff staff, AuditLog log) {
    this.staff = staff;
    this.log = log;
  }

  @Override
  public void listStaffMembers(
      ListStaffMembersRequest request, StreamObserver<ListStaffMembersResponse> observer) {
    int size = PageTokens.size(request.getPageSize(), PAGE);
    answer(
        observer,
        Mono.fromCallable(() -> PageTokens.position(request.getPageToken()))
            .flatMapMany(after -> staff.people(after, size + 1))
            .map(GrpcStaffService::message)
            .collectList()
            .map(
                found ->
                    ListStaffMembersResponse.newBuilder()
                        .addAllStaffMembers(shown(found, size))
                        .setNextPageToken(
                            found.size() > size
                                ? PageTokens.token(id(found.get(size - 1).getName()))
                                : "")
                        .build()));
  }

  @Override
  public void createStaffMember(
      CreateStaffMemberRequest request, StreamObserver<StaffMember> observer) {
    var wanted = request.getStaffMember();
    var asked = asked(request.getRequestId(), request, StaffMember.parser());
    answer(
        observer,
        Mono.defer(
            () ->
                staff.add(
                    id(needed("staff_member.name", wanted.getName())),
                    wanted.getDisplayName(),
                    role(wanted.getRole()),
                    wanted.getStoresList(),
                    asked,
                    GrpcStaffService::message)));
  }

  @Override
  public void updateStaffMember(
      UpdateStaffMemberRequest request, StreamObserver<StaffMember> observer) {
    var wanted = request.getStaffMember();
    var paths = request.getUpdateMask().getPathsList();
    var asked = asked(request.getRequestId(), request, StaffMember.parser());
    answer(
        observer,
        Mono.defer(
            () ->
                staff.change(
                    needed("staff_member.name", wanted.getName()).toLowerCase(Locale.ROOT),
                    wanted.getEtag(),
                    seen -> change(seen, wanted, mask(paths)),
                    asked,
                    GrpcStaffService::message)));
  }

  private static dev.filo.identity.domain.StaffMember change(
      dev.filo.identity.domain.StaffMember seen, StaffMember wanted, List<String> mask) {
    var displayName = seen.displayName();
    var role = seen.role();
    var stores = seen.stores();
    boolean active = seen.active();
    for (String path : mask) {
      switch (path) {
        case "display_name" -> displayName = wanted.getDisplayName();
        case "role" -> role = role(wanted.getRole());
        case "stores" -> stores = wanted.getStoresList();
        case "active" -> active = wanted.getActive();
        default -> throw new RefusedException(new Refusal.MaskInvalid(path));
      }
    }
    return new dev.filo.identity.domain.StaffMember(
        seen.email(), displayName, role, stores, active, seen.createTime(), seen.version());
  }

  @Override
  public void listDevices(
      ListDevicesRequest request, StreamObserver<ListDevicesResponse> observer) {
    int size = PageTokens.size(request.getPageSize(), PAGE);
    answer(
        observer,
        Mono.fromCallable(() -> PageTokens.position(request.getPageToken()))
            .flatMapMany(after -> staff.devices(after, size + 1))
            .map(GrpcStaffService::message)
            .collectList()
            .map(
                found ->
                    ListDevicesResponse.newBuilder()
                        .addAllDevices(shown(found, size))
                        .setNextPageToken(
                            found.size() > size
                                ? PageTokens.token(id(found.get(size - 1).getName()))
                                : "")
                        .build()));
  }

  @Override
  public void createDevice(CreateDeviceRequest request, StreamObserver<DeviceSecret> observer) {
    var wanted = request.getDevice();
    var asked = asked(request.getRequestId(), request, DeviceSecret.parser());
    answer(
        observer,
        Mono.defer(
            () ->
                staff.register(
                    id(needed("device.name", wanted.getName())),
                    wanted.getDisplayName(),
                    wanted.getStore(),
                    asked,
                    GrpcStaffService::message)));
  }

  @Override
  public void updateDevice(UpdateDeviceRequest request, StreamObserver<Device> observer) {
    var wanted = request.getDevice();
    var paths = request.getUpdateMask().getPathsList();
    var asked = asked(request.getRequestId(), request, Device.parser());
    answer(
        observer,
        Mono.defer(
            () ->
                staff.changeDevice(
                    needed("device.name", wanted.getName()),
                    wanted.getEtag(),
                    seen -> change(seen, wanted, mask(paths)),
                    asked,
                    GrpcStaffService::message)));
  }

  private static dev.filo.identity.domain.Device change(
      dev.filo.identity.domain.Device seen, Device wanted, List<String> mask) {
    var displayName = seen.displayName();
    var store = seen.store();
    boolean active = seen.active();
    for (String path : mask) {
      switch (path) {
        case "display_name" -> displayName = wanted.getDisplayName();
        case "store" -> store = needed("device.store", wanted.getStore());
        case "active" -> active = wanted.getActive();
        default -> throw new RefusedException(new Refusal.MaskInvalid(path));
      }
    }
    return new dev.filo.identity.domain.Device(
        seen.clientId(),
        seen.secretHash(),
        displayName,
        store,
        active,
        seen.epoch(),
        seen.createTime(),
        seen.version());
  }

  @Override
  public void rotateDeviceSecret(
      RotateDeviceSecretRequest request, StreamObserver<DeviceSecret> observer) {
    answer(
        observer,
        staff.rotate(
            request.getName(),
            asked(request.getRequestId(), request, DeviceSecret.parser()),
            GrpcStaffService::message));
  }

  @Override
  public void listAuditEntries(
      ListAuditEntriesRequest request, StreamObserver<ListAuditEntriesResponse> observer) {
    int size = PageTokens.size(request.getPageSize(), LOG_PAGE);
    answer(
        observer,
        Mono.fromCallable(() -> PageTokens.position(request.getPageToken()))
            .flatMapMany(
                position ->
                    request.getOrderBy().isEmpty()
                        ? log.after(sequence(position, 0), size + 1)
                        : log.before(sequence(position, Long.MAX_VALUE), size + 1))
            .map(GrpcStaffService::message)
            .collectList()
            .map(
                found ->
                    ListAuditEntriesResponse.newBuilder()
                        .addAllAuditEntries(shown(found, size))
                        .setNextPageToken(
                            found.size() > size
                                ? PageTokens.token(Long.toString(found.get(size - 1).getSequence()))
                                : "")
                        .build()));
  }

  @Override
  public void verifyAuditLog(
      VerifyAuditLogRequest request, StreamObserver<VerifyAuditLogResponse> observer) {
    answer(
        observer,
        log.verify(request.getKnownSequence(), request.getKnownHash())
            .map(
                verdict ->
                    VerifyAuditLogResponse.newBuilder()
                        .setEntryCount(verdict.count())
                        .setLastSequence(verdict.lastSequence())
                        .setLastHash(verdict.lastHash())
                        .addAllFaults(
                            verdict.faults().stream().map(GrpcStaffService::message).toList())
                        .build()));
  }

  private static long sequence(String position, long first) {
    try {
      return position.isEmpty() ? first : Long.parseLong(position);
    } catch (NumberFormatException e) {
      throw Statuses.pageTokenInvalid();
    }
  }

  private static <T> List<T> shown(List<T> found, int size) {
    return found.size() > size ? found.subList(0, size) : found;
  }

  private static <T extends Message> Staff.Asked<T> asked(
      String requestId, Message request, Parser<T> parser) {
    return new Staff.Asked<>(Caller.current().principal(), requestId, request, parser);
  }

  private static List<String> mask(List<String> paths) {
    if (paths.isEmpty()) {
      throw new RefusedException(new Refusal.FieldMissing("update_mask"));
    }
    return paths;
  }

  private static String needed(String field, String value) {
    if (value.isEmpty()) {
      throw new RefusedException(new Refusal.FieldMissing(field));
    }
    return value;
  }

  private static String id(String name) {
    return name.substring(name.indexOf('/') + 1);
  }

  private static String role(StaffRole role) {
    return switch (role) {
      case STAFF_ROLE_AGENT -> "agent";
      case STAFF_ROLE_STORE_STAFF -> "store_staff";
      case STAFF_ROLE_MANAGER -> dev.filo.identity.domain.StaffMember.MANAGER;
      case STAFF_ROLE_UNSPECIFIED, UNRECOGNIZED ->
          throw new RefusedException(new Refusal.FieldMissing("staff_member.role"));
    };
  }

  private static StaffMember message(dev.filo.identity.domain.StaffMember person) {
    return StaffMember.newBuilder()
        .setName(person.name())
        .setDisplayName(person.displayName())
        .setRole(StaffRole.valueOf("STAFF_ROLE_" + person.role().toUpperCase(Locale.ROOT)))
        .addAllStores(person.stores())
        .setActive(person.active())
        .setCreateTime(Times.timestamp(person.createTime()))
        .setEtag(Long.toString(person.version()))
        .build();
  }

  private static Device message(dev.filo.identity.domain.Device device) {
    return Device.newBuilder()
        .setName(device.name())
        .setDisplayName(device.displayName())
        .setStore(device.store())
        .setActive(device.active())
        .setCreateTime(Times.timestamp(device.createTime()))
        .setEtag(Long.toString(device.version()))
        .build();
  }

  private static DeviceSecret message(Staff.Registered registered) {
    return DeviceSecret.newBuilder()
        .setDevice(message(registered.device()))
        .setSecret(registered.secret())
        .build();
  }

  private static AuditEntry message(dev.filo.identity.domain.AuditEntry entry) {
    var act = entry.act();
    return AuditEntry.newBuilder()
        .setSequence(entry.sequence())
        .setTime(Times.timestamp(act.time()))
        .setActor(act.actor())
        .setAction(act.action())
        .setSubject(act.subject())
        .putAllChanges(act.changes())
        .setPreviousHash(entry.previousHash())
        .setHash(entry.hash())
        .build();
  }

  private static AuditFault message(AuditLog.Fault fault) {
    return AuditFault.newBuilder()
        .setSequence(fault.sequence())
        .setKind(
            switch (fault.kind()) {
              case ALTERED -> AuditFault.Kind.ALTERED;
              case MISSING -> AuditFault.Kind.MISSING;
              case UNCHAINED -> AuditFault.Kind.UNCHAINED;
            })
        .build();
  }

  private static <T> void answer(StreamObserver<T> observer, Mono<T> answer) {
    Answers.unary(observer, answer.onErrorMap(Refusals::toStatus));
  }
}
