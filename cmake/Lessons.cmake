# The lessons of scenarios/ and the texts that `tegami new` begins with, put into the program. Called as a script
# (-DFILES=… -DOUT=…) it writes them as C++; included, it defines tegami_lessons(target), which adds them to a target.
if(CMAKE_SCRIPT_MODE_FILE)
  set(rows)
  foreach(file IN LISTS FILES)
    get_filename_component(name ${file} NAME)
    string(REGEX REPLACE "\\.toml$" "" name ${name})
    file(READ ${file} digits HEX)
    string(LENGTH "${digits}" length)
    math(EXPR size "${length} / 2")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" octets "${digits}")
    # Pieces, for a literal of one line would be longer than compilers like.
    string(REGEX REPLACE "((\\\\x[0-9a-f][0-9a-f])(\\\\x[0-9a-f][0-9a-f])?(\\\\x[0-9a-f][0-9a-f])?(\\\\x[0-9a-f][0-9a-f])?(\\\\x[0-9a-f][0-9a-f])?(\\\\x[0-9a-f][0-9a-f])?(\\\\x[0-9a-f][0-9a-f])?)" "     \"\\1\"\n" lines "${octets}")
    string(APPEND rows "    {\"${name}\", {\n${lines}     , ${size}}},\n")
  endforeach()
  file(WRITE "${OUT}" "// Made by cmake/Lessons.cmake.
#include \"app/cli/lessons.hpp\"

#pragma GCC diagnostic ignored \"-Woverlength-strings\"

namespace tegami::cli {

namespace {
constexpr BuiltIn texts[] = {
${rows}};
} // namespace

std::span<const BuiltIn> built_in_texts() { return texts; }

} // namespace tegami::cli
")
  return()
endif()

set(TEGAMI_LESSONS_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

function(tegami_lessons target)
  file(GLOB files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/scenarios/*.toml ${PROJECT_SOURCE_DIR}/assets/templates/*.toml)
  set(out ${PROJECT_BINARY_DIR}/generated/lessons.cpp)
  file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/generated)
  add_custom_command(OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} "-DFILES=${files}" -DOUT=${out} -P ${TEGAMI_LESSONS_SCRIPT}
    DEPENDS ${files} ${TEGAMI_LESSONS_SCRIPT} VERBATIM)
  target_sources(${target} PRIVATE ${out})
endfunction()
