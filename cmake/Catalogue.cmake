# The texts of assets/locale, merged with the areas' parts, checked and compiled by gettext, and put into the program.
# Called as a script (-DMO=… -DSYMBOL=… -DOUT=…) it writes one .mo file as C++; included, it defines
# tegami_catalogues(target), which adds both languages to a target.
if(CMAKE_SCRIPT_MODE_FILE)
  file(READ "${MO}" digits HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" octets "${digits}")
  string(LENGTH "${digits}" length)
  math(EXPR size "${length} / 2")
  # Pieces, for a literal of one line would be longer than compilers like.
  string(REGEX REPLACE "((\\\\x[0-9a-f][0-9a-f])(\\\\x[0-9a-f][0-9a-f])?(\\\\x[0-9a-f][0-9a-f])?(\\\\x[0-9a-f][0-9a-f])?(\\\\x[0-9a-f][0-9a-f])?(\\\\x[0-9a-f][0-9a-f])?(\\\\x[0-9a-f][0-9a-f])?)" "    \"\\1\"\n" lines "${octets}")
  file(WRITE "${OUT}" "// Made by cmake/Catalogue.cmake from ${SYMBOL}'s .po files.
#include <string_view>

// The standard asks compilers for literals of 65,536 characters only; the ones that build this take far longer ones.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored \"-Woverlength-strings\"

namespace tegami::narration {

extern const std::string_view ${SYMBOL};
const std::string_view ${SYMBOL}{
${lines}    , ${size}};

} // namespace tegami::narration

#pragma GCC diagnostic pop
")
  return()
endif()

find_program(MSGFMT msgfmt)
find_program(MSGCAT msgcat)
if(NOT MSGFMT OR NOT MSGCAT)
  message(FATAL_ERROR "msgfmt and msgcat are missing: install Debian's package gettext")
endif()
set(TEGAMI_CATALOGUE_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

function(tegami_catalogues target)
  set(folder ${PROJECT_BINARY_DIR}/generated/locale)
  file(MAKE_DIRECTORY ${folder})
  foreach(language en ja)
    file(GLOB parts CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/assets/locale/parts/*.${language}.po)
    set(main ${PROJECT_SOURCE_DIR}/assets/locale/${language}.po)
    add_custom_command(
      OUTPUT ${folder}/catalogue_${language}.cpp
      BYPRODUCTS ${folder}/${language}.po ${folder}/${language}.mo
      COMMAND ${MSGCAT} --no-wrap --use-first -o ${language}.po ${main} ${parts}
      COMMAND ${MSGFMT} --check -o ${language}.mo ${language}.po
      COMMAND ${CMAKE_COMMAND} -DMO=${folder}/${language}.mo -DSYMBOL=catalogue_${language}
              -DOUT=${folder}/catalogue_${language}.cpp -P ${TEGAMI_CATALOGUE_SCRIPT}
      DEPENDS ${main} ${parts} ${TEGAMI_CATALOGUE_SCRIPT}
      WORKING_DIRECTORY ${folder} VERBATIM)
    target_sources(${target} PRIVATE ${folder}/catalogue_${language}.cpp)
  endforeach()
endfunction()
