# One target a folder. tegami_folder(protocols/tcp USES protocols/wire) makes the static library tegami_protocols_tcp of
# every source in that folder, and links what it is built on.

find_package(Threads REQUIRED)

add_library(tegami_flags INTERFACE)
target_include_directories(tegami_flags INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/generated)
target_compile_options(tegami_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion)
target_compile_definitions(tegami_flags INTERFACE CATCH_CONFIG_NO_POSIX_SIGNALS)

function(tegami_target_name folder out)
  string(REPLACE "/" "_" name "${folder}")
  set(${out} "tegami_${name}" PARENT_SCOPE)
endfunction()

function(tegami_folder folder)
  cmake_parse_arguments(ARG "" "" "USES;LINKS" ${ARGN})
  tegami_target_name(${folder} target)
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/*.cpp)
  set(kind PUBLIC)
  if(sources)
    add_library(${target} STATIC ${sources})
  else()
    add_library(${target} INTERFACE)
    set(kind INTERFACE)
  endif()
  target_link_libraries(${target} ${kind} tegami_flags ${ARG_LINKS})
  foreach(used IN LISTS ARG_USES)
    tegami_target_name(${used} used_target)
    target_link_libraries(${target} ${kind} ${used_target})
  endforeach()
endfunction()
