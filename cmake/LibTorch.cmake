# LibTorch from the PyPI wheel, as two imported targets. The wheel's own package file would pull in the
# CUDA toolkit; libtorch_cpu and libc10 alone run on any machine, and libtorch_cuda is loaded at run time.
#   corticast::blas    libtorch_cpu's BLAS and LAPACK (MKL), no headers
#   corticast::torch   the C++ API
set(CORTICAST_TORCH_VERSION 2.11.0)
set(CORTICAST_TORCH_DIR ${CORTICAST_DEPS}/libtorch-${CORTICAST_TORCH_VERSION}/torch
    CACHE PATH "The torch folder of LibTorch ${CORTICAST_TORCH_VERSION}: holds include/ and lib/")
if(NOT EXISTS ${CORTICAST_TORCH_DIR}/lib/libtorch_cpu.so)
  message(FATAL_ERROR "LibTorch ${CORTICAST_TORCH_VERSION} not found in ${CORTICAST_TORCH_DIR}; run ./bootstrap deps")
endif()

add_library(corticast_libc10 SHARED IMPORTED)
set_target_properties(corticast_libc10 PROPERTIES IMPORTED_LOCATION ${CORTICAST_TORCH_DIR}/lib/libc10.so)
add_library(corticast_libtorch_cpu SHARED IMPORTED)
set_target_properties(corticast_libtorch_cpu PROPERTIES IMPORTED_LOCATION ${CORTICAST_TORCH_DIR}/lib/libtorch_cpu.so)

add_library(corticast_blas INTERFACE)
target_link_libraries(corticast_blas INTERFACE corticast_libtorch_cpu corticast_libc10)
# libtorch_cpu finds libcudart and libcupti by its own RPATH; the linker has to be told where they are.
target_link_options(corticast_blas INTERFACE -Wl,-rpath-link,${CORTICAST_TORCH_DIR}/../nvidia/cu13/lib)
add_library(corticast::blas ALIAS corticast_blas)

add_library(corticast_torch INTERFACE)
target_include_directories(corticast_torch SYSTEM INTERFACE
  ${CORTICAST_TORCH_DIR}/include ${CORTICAST_TORCH_DIR}/include/torch/csrc/api/include)
target_link_libraries(corticast_torch INTERFACE corticast_blas)
add_library(corticast::torch ALIAS corticast_torch)

# corticast_precompile_torch(<target>): a target whose sources include <torch/torch.h> takes it precompiled; the one
# precompiled header (0.9 GB with debug information) is shared by all such targets and kept by ccache. Measured with
# GCC 12 on one busy core: 45 s per file without it, 67 s once and 13 s per file with it, so it pays from the third
# file on. A file that makes do with <ATen/ATen.h> takes 14 s by itself: do that first.
function(corticast_precompile_torch target)
  if(NOT TARGET corticast_torch_headers)
    file(WRITE ${CMAKE_BINARY_DIR}/torch_headers.cpp "")
    add_library(corticast_torch_headers OBJECT ${CMAKE_BINARY_DIR}/torch_headers.cpp)
    target_link_libraries(corticast_torch_headers PRIVATE corticast_options corticast::torch)
    target_precompile_headers(corticast_torch_headers PRIVATE <torch/torch.h>)
  endif()
  target_precompile_headers(${target} REUSE_FROM corticast_torch_headers)
endfunction()
