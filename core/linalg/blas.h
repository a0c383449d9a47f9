#pragma once
#include <cstddef>
#include <vector>

#include "core/base/matrix.h"

/// Dense linear algebra on row-major matrices, by the BLAS and LAPACK (MKL) inside LibTorch.
namespace corticast {

enum class Transpose { No, Yes };

/// C = alpha * op(A) * op(B) + beta * C with op(A) [m x k], op(B) [k x n], C [m x n].
/// Throws Error when the shapes disagree. With beta 0, C's old values are not read.
void gemm(Transpose transposeA, Transpose transposeB, float alpha, MatrixView<const float> a, MatrixView<const float> b,
          float beta, MatrixView<float> c);
void gemm(Transpose transposeA, Transpose transposeB, double alpha, MatrixView<const double> a,
          MatrixView<const double> b, double beta, MatrixView<double> c);

/// Eigenvalues (ascending) and eigenvectors (row i of `vectors` belongs to value i) of a symmetric matrix.
struct SymmetricEigen {
  std::vector<double> values;
  Matrix<double> vectors;
};
[[nodiscard]] SymmetricEigen eigenSymmetric(const Matrix<double>& symmetric);

/// Solves A X = B for symmetric positive definite A [n x n], B [n x m]; X replaces B.
/// Throws Error when A is not positive definite.
void solvePositiveDefinite(const Matrix<double>& a, Matrix<double>& b);

/// While it lives, BLAS calls of this thread use one thread, so several threads of ours can each run their own
/// and results do not depend on how many there are.
class SingleThreadedBlas {
 public:
  SingleThreadedBlas();
  ~SingleThreadedBlas();
  SingleThreadedBlas(const SingleThreadedBlas&) = delete;
  SingleThreadedBlas& operator=(const SingleThreadedBlas&) = delete;

 private:
  int m_before;
};

}  // namespace corticast
