# ccache, where it is installed and nobody chose a launcher. It has to be told that a precompiled header does not care
# about the time of its making.
find_program(TEGAMI_CCACHE ccache DOC "Keeps compiled objects, across build folders too")
mark_as_advanced(TEGAMI_CCACHE)
if(TEGAMI_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER env
    CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${TEGAMI_CCACHE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    add_compile_options("SHELL:-Xclang -fno-pch-timestamp")
  endif()
endif()
