# perftrend_embed(TARGET SYMBOL DIRECTORY [PATTERN])
# Every file below DIRECTORY (that matches PATTERN) becomes part of TARGET; `perftrend::embedded::SYMBOL()` (cmake/embedded.h) lists them by
# their path relative to DIRECTORY. The bytes are taken by the assembler (.incbin), so large files cost no compile time.
function(perftrend_embed target symbol directory)
  set(pattern "*")
  if(ARGC GREATER 3)
    set(pattern ${ARGV3})
  endif()
  file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE ${directory} ${directory}/${pattern})
  set(assembly ".section .rodata\n")
  set(table "")
  set(externs "")
  set(index 0)
  set(depends "")
  foreach(file ${files})
    set(label "perftrend_embedded_${symbol}_${index}")
    string(APPEND assembly ".global ${label}_begin\n.global ${label}_end\n.balign 16\n${label}_begin:\n.incbin \"${directory}/${file}\"\n${label}_end:\n.byte 0\n")
    string(APPEND externs "extern const char ${label}_begin[];\nextern const char ${label}_end[];\n")
    string(APPEND table "      {\"${file}\", std::string_view(${label}_begin, static_cast<std::size_t>(${label}_end - ${label}_begin))},\n")
    list(APPEND depends ${directory}/${file})
    math(EXPR index "${index} + 1")
  endforeach()
  string(APPEND assembly ".section .note.GNU-stack,\"\",%progbits\n")
  set(base ${CMAKE_CURRENT_BINARY_DIR}/embedded_${symbol})
  file(CONFIGURE OUTPUT ${base}.S CONTENT "${assembly}" @ONLY)
  file(CONFIGURE OUTPUT ${base}.cpp @ONLY CONTENT "#include \"cmake/embedded.h\"
extern \"C\" {
${externs}}
namespace perftrend::embedded {
std::vector<File> ${symbol}() {
  return {
${table}  };
}
}  // namespace perftrend::embedded
")
  set_source_files_properties(${base}.S PROPERTIES OBJECT_DEPENDS "${depends}")
  target_sources(${target} PRIVATE ${base}.S ${base}.cpp)
endfunction()
