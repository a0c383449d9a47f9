#include "core/linalg/blas.h"

#include <string>

#include "core/base/error.h"

extern "C" {
void sgemm_(const char* transa, const char* transb, const int* m, const int* n, const int* k, const float* alpha,
            const float* a, const int* lda, const float* b, const int* ldb, const float* beta, float* c,
            const int* ldc);
void dgemm_(const char* transa, const char* transb, const int* m, const int* n, const int* k, const double* alpha,
            const double* a, const int* lda, const double* b, const int* ldb, const double* beta, double* c,
            const int* ldc);
void dsyevd_(const char* jobz, const char* uplo, const int* n, double* a, const int* lda, double* w, double* work,
             const int* lwork, int* iwork, const int* liwork, int* info);
void dpotrf_(const char* uplo, const int* n, double* a, const int* lda, int* info);
void dpotrs_(const char* uplo, const int* n, const int* nrhs, const double* a, const int* lda, double* b,
             const int* ldb, int* info);
int MKL_Set_Num_Threads_Local(int threads);
}

namespace corticast {
namespace {

std::string shape(size_t rows, size_t cols) {
  return std::to_string(rows) + " x " + std::to_string(cols);
}

// Row-major C = op(A) op(B) is column-major C' = op(B)' op(A)': the operands change places.
template <typename T, typename Gemm>
void gemmRowMajor(Gemm call, Transpose transposeA, Transpose transposeB, T alpha, MatrixView<const T> a,
                  MatrixView<const T> b, T beta, MatrixView<T> c) {
  const bool ta = transposeA == Transpose::Yes;
  const bool tb = transposeB == Transpose::Yes;
  const size_t m = ta ? a.cols() : a.rows();
  const size_t k = ta ? a.rows() : a.cols();
  const size_t n = tb ? b.rows() : b.cols();
  if ((tb ? b.cols() : b.rows()) != k || c.rows() != m || c.cols() != n)
    throw Error(
        {.what = "multiply matrices",
         .where = shape(m, k) + " by " + shape(tb ? b.cols() : b.rows(), n) + " into " + shape(c.rows(), c.cols()),
         .why = "the shapes disagree",
         .remedy = "this is a fault of the program; please report it"});
  if (m == 0 || n == 0) return;
  const auto asInt = [](size_t value) { return static_cast<int>(value); };
  const int rows = asInt(n), cols = asInt(m), inner = asInt(k);
  const int lda = asInt(std::max<size_t>(1, a.stride())), ldb = asInt(std::max<size_t>(1, b.stride()));
  const int ldc = asInt(c.stride());
  call(tb ? "T" : "N", ta ? "T" : "N", &rows, &cols, &inner, &alpha, b.data(), &ldb, a.data(), &lda, &beta, c.data(),
       &ldc);
}

}  // namespace

void gemm(Transpose transposeA, Transpose transposeB, float alpha, MatrixView<const float> a, MatrixView<const float> b,
          float beta, MatrixView<float> c) {
  gemmRowMajor<float>(sgemm_, transposeA, transposeB, alpha, a, b, beta, c);
}

void gemm(Transpose transposeA, Transpose transposeB, double alpha, MatrixView<const double> a,
          MatrixView<const double> b, double beta, MatrixView<double> c) {
  gemmRowMajor<double>(dgemm_, transposeA, transposeB, alpha, a, b, beta, c);
}

SymmetricEigen eigenSymmetric(const Matrix<double>& symmetric) {
  const int n = static_cast<int>(symmetric.rows());
  SymmetricEigen result{std::vector<double>(symmetric.rows()), symmetric};
  if (n == 0) return result;
  int info = 0;
  int wanted = -1;
  double workSize = 0;
  int intSize = 0;
  dsyevd_("V", "U", &n, result.vectors.data(), &n, result.values.data(), &workSize, &wanted, &intSize, &wanted, &info);
  std::vector<double> work(static_cast<size_t>(workSize));
  std::vector<int> integers(static_cast<size_t>(intSize));
  const int workCount = static_cast<int>(work.size());
  dsyevd_("V", "U", &n, result.vectors.data(), &n, result.values.data(), work.data(), &workCount, integers.data(),
          &intSize, &info);
  if (info != 0)
    throw Error({.what = "decompose a symmetric matrix",
                 .where = shape(symmetric.rows(), symmetric.cols()),
                 .why = "LAPACK's dsyevd did not converge (info " + std::to_string(info) + ")",
                 .remedy = "check the input for NaN or infinite values"});
  return result;
}

void solvePositiveDefinite(const Matrix<double>& a, Matrix<double>& b) {
  const int n = static_cast<int>(a.rows());
  Matrix<double> factor = a;
  int info = 0;
  dpotrf_("U", &n, factor.data(), &n, &info);
  if (info != 0)
    throw Error({.what = "solve a linear system",
                 .where = shape(a.rows(), a.cols()),
                 .why = "the matrix is not positive definite (features are collinear)",
                 .remedy = "use ridge with alpha > 0 or reduce the features by PCA"});
  // LAPACK wants column-major right-hand sides: B' row-major is that.
  Matrix<double> columns(b.cols(), b.rows());
  for (size_t r = 0; r < b.rows(); ++r)
    for (size_t c = 0; c < b.cols(); ++c) columns(c, r) = b(r, c);
  const int sides = static_cast<int>(b.cols());
  dpotrs_("U", &n, &sides, factor.data(), &n, columns.data(), &n, &info);
  for (size_t r = 0; r < b.rows(); ++r)
    for (size_t c = 0; c < b.cols(); ++c) b(r, c) = columns(c, r);
}

SingleThreadedBlas::SingleThreadedBlas() : m_before(MKL_Set_Num_Threads_Local(1)) {}
SingleThreadedBlas::~SingleThreadedBlas() {
  MKL_Set_Num_Threads_Local(m_before);
}

}  // namespace corticast
