package dev.filo.identity.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.filo.identity.domain.IdentifierKey.Type;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** However an identifier is written, it is one. */
class IdentifierKeyTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          EMAIL        | Julia@Example.COM              | email:julia@example.com
          EMAIL        | ' julia@example.com. '         | email:julia@example.com
          EMAIL        | julia@bücher.example           | email:julia@xn--bcher-kva.example
          EMAIL        | ｊulia@example.com             | email:julia@example.com
          EMAIL        | julia+sofa@example.com         | email:julia+sofa@example.com
          PHONE        | 02 6679 1234                   | phone:+390266791234
          PHONE        | +39 02 6679 1234               | phone:+390266791234
          PHONE        | 0039 347 123 4567              | phone:+393471234567
          PHONE        | 347/1234567                    | phone:+393471234567
          PHONE        | +49 30 901820                  | phone:+4930901820
          PHONE        | +55 88 9 8765 4321             | phone:+5588987654321
          PHONE        | +55 88 8765 4321               | phone:+5588987654321
          PHONE        | 0055 88 87654321               | phone:+5588987654321
          PHONE        | +55 11 3071 1234               | phone:+551130711234
          PHONE        | +52 1 55 1234 5678             | phone:+525512345678
          PHONE        | +52 55 1234 5678               | phone:+525512345678
          PHONE        | +229 97 12 34 56               | phone:+2290197123456
          PHONE        | +229 01 97 12 34 56            | phone:+2290197123456
          WHATSAPP     | 393471234567                   | whatsapp:+393471234567
          WHATSAPP     | +39 347 1234567                | whatsapp:+393471234567
          WHATSAPP     | 558887654321                   | whatsapp:+5588987654321
          WHATSAPP     | 5588987654321                  | whatsapp:+5588987654321
          WHATSAPP     | 5215512345678                  | whatsapp:+525512345678
          WHATSAPP     | US.13491208655302741918        | whatsapp:US.13491208655302741918
          WHATSAPP     | US.ENT.11815799212886844830    | whatsapp:US.ENT.11815799212886844830
          MESSENGER    | 5678                           | messenger:5678
          MESSENGER    | 1234567890/5678                | messenger:1234567890/5678
          INSTAGRAM    | 5678                           | instagram:5678
          LOYALTY_CARD | 1234 5678-90ab                 | loyalty_card:1234567890AB
          TILL_CARD    | tok_7Hs2.Kq-Z                  | till_card:tok_7Hs2.Kq-Z
          """)
  void read_everySpelling_isOne(Type type, String typed, String key) {
    assertThat(IdentifierKey.read(type, typed).map(IdentifierKey::key)).contains(key);
    assertThat(IdentifierKey.ofKey(key).key()).isEqualTo(key);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          EMAIL        | julia
          EMAIL        | julia@localhost
          EMAIL        | julia bianchi@example.com
          EMAIL        | @example.com
          PHONE        | 123
          PHONE        | julia
          PHONE        | +39 02
          WHATSAPP     | julia.bianchi
          WHATSAPP     | USA.1
          MESSENGER    | julia
          INSTAGRAM    | @julia
          LOYALTY_CARD | a
          TILL_CARD    | 4111111111111111
          TILL_CARD    | 5500 0000 0000 0004
          TILL_CARD    | short
          """)
  void read_whatCannotBeOne_isRefused(Type type, String typed) {
    assertThat(IdentifierKey.read(type, typed)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          WHATSAPP  | 393471234567            | phone:+393471234567
          PHONE     | 347 1234567             | phone:+393471234567
          WHATSAPP  | US.13491208655302741918 | whatsapp:US.13491208655302741918
          MESSENGER | 5678                    | messenger:5678
          INSTAGRAM | 5678                    | instagram:5678
          """)
  void joins_aWhatsAppNumberIsThePhones_butNoScopedIdIsAnothers(
      Type type, String typed, String joins) {
    assertThat(IdentifierKey.read(type, typed).map(IdentifierKey::joins)).contains(joins);
  }
}
